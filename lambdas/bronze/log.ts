/** One line of JSON. Only counts, ids and codes: what a record holds, and what a library says of it, never gets here (F-34). */
export function log(level: 'info' | 'error', message: string, fields: Readonly<Record<string, string | number>>): void {
  console[level](JSON.stringify({ level, message, ...fields }));
}

/** What an error may say in a log: its class and, where it has them, a status and a code. */
export function errorFields(error: unknown): Record<string, string | number> {
  const { name, status, code } = error as { name?: unknown; status?: unknown; code?: unknown };
  return {
    error: typeof name === 'string' ? name : 'unknown',
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  };
}
