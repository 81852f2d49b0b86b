/** What the handlers need of S3: a port, so that the verbs can be tested without one. */
export interface ObjectStore {
  /**
   * Writes an object once: where the key is taken already, nothing happens and `false` is returned.
   * Keys are made from what the object holds, so a taken key means that an earlier try got through.
   */
  putOnce(bucket: string, key: string, body: Uint8Array): Promise<boolean>;
  /** Writes an object, replacing what is there. */
  put(bucket: string, key: string, body: Uint8Array): Promise<void>;
  /** Reads an object, or a half-open range of its bytes. `undefined` when there is none, or not with the etag any more. */
  get(bucket: string, key: string, options?: GetOptions): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Prefixes of one level below `prefix`, up to the next slash, in order. */
  listPrefixes(bucket: string, prefix: string): Promise<string[]>;
}

export interface GetOptions {
  readonly range?: readonly [from: number, to: number];
  /** The object must still have this etag. */
  readonly etag?: string;
}

/** A request that S3 refused, or that did not get through. Its text holds no key and no answer: both may hold personal data. */
export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';

  constructor(
    readonly operation: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(`s3 ${operation} failed: ${status === 0 ? 'no answer' : `status ${status}`}${code === '' ? '' : `, ${code}`}`);
  }
}
