import { LakeError } from '../../contract/lake-error.js';

/** S3's own limit, in UTF-8 bytes. */
const MAX_KEY_BYTES = 1024;
/** A file name holds 255 bytes on the usual file systems; longer segments continue in a folder. */
const MAX_NAME = 200;
/** Ends a piece of a segment that goes on in the next folder. No encoded text contains it. */
const CONTINUED = '%+';
/** Stands for the empty segment of `a//b` or `a/`. */
const EMPTY = '%_';

/**
 * Relative path of an object's key. Only letters, digits and `-_.=!'()` stand for themselves, so no key leaves its bucket's folder
 * (`..`, a leading slash, a newline, a backslash), and `arrival=…` stays readable for tools.
 */
export function keyToPath(key: string): string {
  const bytes = Buffer.byteLength(key);
  if (bytes === 0 || bytes > MAX_KEY_BYTES)
    throw new LakeError('local/object-key', `an object key has 1 to ${MAX_KEY_BYTES} bytes, found ${bytes}`);
  return key.split('/').map(encodeSegment).join('/');
}

/** The key that a relative path stands for. */
export function pathToKey(path: string): string {
  return path
    .replaceAll(`${CONTINUED}/`, '')
    .split('/')
    .map((segment) => (segment === EMPTY ? '' : decodeURIComponent(segment)))
    .join('/');
}

function encodeSegment(segment: string): string {
  if (segment === '') return EMPTY;
  const encoded = segment === '.' || segment === '..' ? segment.replaceAll('.', '%2E') : percentEncode(segment);
  const pieces: string[] = [];
  for (let at = 0; at < encoded.length; ) {
    // An escape is never cut in two.
    let end = Math.min(at + MAX_NAME, encoded.length);
    if (end < encoded.length) while (encoded[end - 1] === '%' || encoded[end - 2] === '%') end--;
    pieces.push(encoded.slice(at, end));
    at = end;
  }
  return pieces.join(`${CONTINUED}/`);
}

function percentEncode(segment: string): string {
  // A lone surrogate has no UTF-8 form: S3 keys are UTF-8, so it becomes the replacement character as the SDK would send it.
  return encodeURIComponent(Buffer.from(segment).toString()).replaceAll('%3D', '=').replaceAll('*', '%2A').replaceAll('~', '%7E');
}
