import { MAX_RECORD_BYTES, type Reason } from '../../lib/model/conform/index.js';

/** A record that was refused, as it stands in the quarantine bucket: one line of JSON. */
export interface QuarantineRecord {
  readonly position: string;
  /** `2026-01-31 09:00:00.000000` */
  readonly arrived_at: string;
  /** Version of the contract that refused it. */
  readonly contract: string;
  readonly reasons: readonly Reason[];
  /** What came, to the byte; absent where `payload_key` says where it lies. */
  readonly payload_base64?: string;
  /** Key of the object in this bucket that holds what came, for a payload over 1 MiB. */
  readonly payload_key?: string;
  readonly bytes: number;
}

/** Whether a payload is too large to stand beside its reasons. */
export function isOversize(payload: Uint8Array): boolean {
  return payload.length > MAX_RECORD_BYTES;
}

export function quarantineLine(record: QuarantineRecord): string {
  return JSON.stringify(record);
}
