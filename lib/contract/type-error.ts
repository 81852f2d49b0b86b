/**
 * A type that nothing fits. Where a check fails the compiler prints it, and with it the sentence that says what to do.
 *
 * @example
 * type CheckKey<K> = [K] extends [never] ? LakeTypeError<'upsert() needs a key() column'> : unknown;
 */
export interface LakeTypeError<Sentence extends string> {
  readonly error: Sentence;
  readonly [unfit]: never;
}

declare const unfit: unique symbol;
