import type { OpenWord } from '../open-word.js';
import { asRecord, numberOf, textOf, type WireRecord } from '../wire-values.js';
import { refusalIn, type TruecallerPushRefusal } from './push-outcome.js';
import { readStatusInfo } from './status-info.js';

/** A batch of call records, as Truecaller reports it. */
export interface TruecallerCallBatch {
  batchId: string | undefined;
  clientAccountId: string | undefined;
  records: readonly TruecallerBatchRecord[];
  raw: unknown;
}

/** One record of a batch, and its outcome. */
export interface TruecallerBatchRecord {
  id: string | undefined;
  callerNumber: string | undefined;
  receiverNumber: string | undefined;
  startsAt: Date | undefined;
  endsAt: Date | undefined;
  labelId: string | undefined;
  labelName: string | undefined;
  callReason: string | undefined;
  /** Other values, such as for a record still in progress, are not documented. */
  status: OpenWord<'success' | 'error'> | undefined;
  /** Why the telephone shows nothing, if it is one of the documented reasons. */
  reason: TruecallerPushRefusal | undefined;
  /** The invalid field, by its name on the wire. */
  field: string | undefined;
  message: string | undefined;
  raw: unknown;
}

/** Reads the answer, with the field names of either version of the docs. `undefined` if it holds no list of records. @internal */
export function readCallBatch(raw: unknown): TruecallerCallBatch | undefined {
  const body = asRecord(raw);
  if (!Array.isArray(body?.data)) return undefined;
  return {
    batchId: textOf(body.batch_id),
    clientAccountId: textOf(body.client_account_id),
    records: body.data.map((record: unknown) => readRecord(asRecord(record) ?? {}, record)),
    raw,
  };
}

function readRecord(fields: WireRecord, raw: unknown): TruecallerBatchRecord {
  const info = readStatusInfo(fields);
  const time = (value: unknown) => {
    const at = numberOf(value);
    return at === undefined ? undefined : new Date(at);
  };
  return {
    id: textOf(fields.id),
    callerNumber: textOf(fields.caller_number) ?? textOf(fields.caller),
    receiverNumber: textOf(fields.receiver_number) ?? textOf(fields.receiver),
    startsAt: time(fields.starts_at),
    endsAt: time(fields.ends_at),
    labelId: textOf(fields.label_id),
    labelName: textOf(fields.dynamic_label_name) ?? textOf(fields.label_name),
    callReason: textOf(fields.dynamic_call_reason) ?? textOf(fields.call_reason),
    status: info?.status,
    reason: refusalIn(info),
    field: info?.field,
    message: info?.message,
    raw,
  };
}
