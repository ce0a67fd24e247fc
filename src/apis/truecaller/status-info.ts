import { asRecord, textOf } from '../wire-values.js';

/** What Truecaller says about one call record. @internal */
export interface TruecallerStatusInfo {
  /** `success` and `error` are documented. */
  status: string;
  /** The invalid field, by its name on the wire. */
  field: string | undefined;
  message: string | undefined;
}

/**
 * Reads it where the copies of the docs have it: under `status_info` (batch), under `statusInfo` (real time, newest copy), or
 * at the top (real time, earlier copies). `undefined` if it is in none of these.
 * @internal
 */
export function readStatusInfo(body: unknown): TruecallerStatusInfo | undefined {
  const top = asRecord(body);
  const info = asRecord(top?.status_info) ?? asRecord(top?.statusInfo) ?? top;
  const status = textOf(info?.status);
  if (status === undefined) return undefined;
  return { status, field: textOf(info?.field), message: textOf(info?.message) };
}
