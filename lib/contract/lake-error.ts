/**
 * An error about a declaration or a run: what is wrong, what was given, what to do.
 * `code` is stable and greppable; `path` says where, as `Orders/Cleaned`.
 */
export class LakeError extends Error {
  override readonly name = 'LakeError';
  readonly code: string;
  readonly path?: string;

  constructor(code: string, message: string, options: { readonly path?: string; readonly cause?: unknown } = {}) {
    super(
      options.path === undefined ? message : `${options.path}: ${message}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.code = code;
    if (options.path !== undefined) this.path = options.path;
  }
}
