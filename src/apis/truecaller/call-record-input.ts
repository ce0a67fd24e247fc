import * as v from 'valibot';
import { ApiInputError } from '../api-input-error.js';
import { filledText, moment } from '../input-fields.js';
import { toE164 } from '../phone-numbers.js';
import { validateInput } from '../validate-input.js';

/** What a receiver sees when a caller rings within a time window. */
export interface TruecallerCallRecord {
  /** The caller, in any usual form. An Indian number: the docs mention no other. */
  callerNumber: string;
  /** The receiver, in any usual form. Also an Indian number. Never hashed. */
  receiverNumber: string;
  /** Shown from this time. */
  startsAt: Date;
  /** Shown until this time, in the future. The docs say at most 24 hours after `startsAt`; their sample has 32, so Truecaller decides. */
  endsAt: Date;
  /** Your dynamic label, made in the console. One copy of the page calls it required, later ones optional. */
  labelId?: string | undefined;
  /** The name to show, 3 to 40 characters. @defaultValue the label's own */
  labelName?: string | undefined;
  /** Why you call, 10 to 100 characters, without special characters; the docs do not list them. */
  callReason?: string | undefined;
}

const recordSchema = v.strictObject({
  callerNumber: filledText,
  receiverNumber: filledText,
  startsAt: moment,
  endsAt: moment,
  labelId: v.optional(filledText),
  labelName: v.optional(textOf(3, 40)),
  callReason: v.optional(textOf(10, 100)),
});

function textOf(least: number, most: number) {
  const message = `must have from ${least} to ${most} characters`;
  return v.pipe(filledText, v.minLength(least, message), v.maxLength(most, message));
}

/**
 * Checks a record, and writes it with the field names of the later pages; earlier ones have `caller`, `receiver`, `label_name`,
 * `call_reason`.
 *
 * @throws ApiInputError naming the field.
 * @internal
 */
export function toWireCallRecord(
  input: TruecallerCallRecord,
  operation: string,
  within?: string,
): Record<string, unknown> {
  const place = { operation, ...(within === undefined ? {} : { within }) };
  const record = validateInput(recordSchema, input, { api: 'truecaller', ...place });
  const at = (field: string) => (within === undefined ? field : `${within}.${field}`);
  const wrong = (field: string, problem: string) =>
    new ApiInputError({ api: 'truecaller', operation, field: at(field), problem });
  if (record.endsAt <= record.startsAt) throw wrong('endsAt', 'must be after startsAt');
  if (record.endsAt.getTime() < Date.now()) throw wrong('endsAt', 'must not be in the past');
  const indian = (field: 'callerNumber' | 'receiverNumber') => {
    const number = toE164(record[field], 'IN');
    if (number?.startsWith('+91') === true) return number.slice('+'.length);
    throw wrong(
      field,
      'must be an Indian phone number: Truecaller documents only 91 and ten digits',
    );
  };
  return {
    caller_number: indian('callerNumber'),
    receiver_number: indian('receiverNumber'),
    starts_at: record.startsAt.getTime(),
    ends_at: record.endsAt.getTime(),
    label_id: record.labelId,
    dynamic_label_name: record.labelName,
    dynamic_call_reason: record.callReason,
  };
}
