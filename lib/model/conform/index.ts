export { type Arrival, type Conform, type ConformOptions, compileConform } from './conform.js';
export { hasByteOrderMark, isGzip, MAX_RECORD_BYTES, utf8Text } from './decode.js';
export { type Accepted, type Outcome, type Reason, type Refused, type Rule, refused } from './refusal.js';
export { instantText } from './time.js';
