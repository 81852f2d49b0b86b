import { createHash } from 'node:crypto';

/** An identifier in the form of a UUID that is the same whenever the same thing happens in the same order. */
export function stableUuid(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256').update(parts.join('\0')).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
