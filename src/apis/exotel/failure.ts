import { asList, asRecord, numberOf, textOf, type WireRecord } from '../wire-values.js';
import type { ExotelItemFailure } from './exotel-error.js';

/** A failure that an answer reports, in any envelope. */
export interface ToldFailure {
  /** The status that the body claims. */
  status: number | undefined;
  code: string | number | undefined;
  message: string | undefined;
  description: string | undefined;
  failures: readonly ExotelItemFailure[];
}

/**
 * Looks for a failure in a body of any of Exotel's four envelopes; `undefined` if it reports none.
 *
 * A 2xx proves nothing: Exotel's sibling API answers a duplicate with HTTP 200 and `response.code` 409, and a bulk
 * with HTTP 207. `status: "success"` is not proof either, since an accepted upload says `accepted`.
 *
 * @see https://github.com/exotel/exotel-vsip-trunk-Configuration-API — docs/API_REFERENCE.md
 */
export function findFailure(body: unknown): ToldFailure | undefined {
  const record = asRecord(body);
  if (record === undefined) return undefined;
  return (
    ofRestException(record) ??
    ofTenantHost(record) ??
    ofItems(record) ??
    ofEnvelope(asRecord(record.response)) ??
    ofEnvelope({ http_code: record.http_code })
  );
}

/** Voice v1: `{ RestException: { Status, Message, Code? } }`. */
function ofRestException(body: WireRecord): ToldFailure | undefined {
  const exception = asRecord(body.RestException);
  if (exception === undefined) return undefined;
  return {
    ...NOTHING_TOLD,
    status: numberOf(exception.Status),
    code: codeOf(exception.Code),
    message: textOf(exception.Message),
  };
}

/** Tenant host: `{ statusCode, status, errorCode, errorMessage }`. */
function ofTenantHost(body: WireRecord): ToldFailure | undefined {
  const code = codeOf(body.errorCode);
  const status = numberOf(body.statusCode);
  if (code === undefined && (status === undefined || status < 400)) return undefined;
  return {
    status,
    code,
    message: textOf(body.errorMessage),
    description: textOf(body.status),
    failures: [],
  };
}

/** v2, v3, users: `{ code, error_data: { code, message, description }, status: "failure" }`, and its parent's `http_code`. */
function ofEnvelope(envelope: WireRecord | undefined): ToldFailure | undefined {
  if (envelope === undefined) return undefined;
  const status = numberOf(envelope.code) ?? numberOf(envelope.http_code);
  const data = asRecord(envelope.error_data);
  const code = codeOf(data?.code);
  const failed = envelope.status === 'failure' || code !== undefined || (status ?? 0) >= 400;
  if (!failed) return undefined;
  return {
    status,
    code,
    message: textOf(data?.message),
    description: textOf(data?.description),
    failures: [],
  };
}

/** Bulk style: `response[]` of the same envelope per item, with `metadata.failed` beside it. */
function ofItems(body: WireRecord): ToldFailure | undefined {
  const told = asList(body.response).map((item) => ofEnvelope(asRecord(item)));
  const failures = told.flatMap((failure, index) =>
    failure === undefined ? [] : [{ index, code: failure.code, message: failure.message }],
  );
  const first = told.find((failure) => failure !== undefined);
  if (first !== undefined) return { ...first, failures };
  const failed = numberOf(asRecord(body.metadata)?.failed) ?? 0;
  return failed > 0 ? { ...NOTHING_TOLD, message: `${failed} items failed` } : undefined;
}

/** A failure whose body reports nothing. */
export const NOTHING_TOLD: ToldFailure = Object.freeze({
  status: undefined,
  code: undefined,
  message: undefined,
  description: undefined,
  failures: [],
});

function codeOf(value: unknown): string | number | undefined {
  return numberOf(value) ?? textOf(value);
}
