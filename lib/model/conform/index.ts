export { type Arrival, type Conform, type ConformOptions, compileConform } from './conform.js';
export { MAX_RECORD_BYTES } from './decode.js';
export type { Accepted, Outcome, Reason, Refused, Rule } from './refusal.js';
export { instantText } from './time.js';
