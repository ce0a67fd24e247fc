import * as v from 'valibot';
import { filledText, moment } from '../input-fields.js';
import { phoneField, toE164 } from '../phone-numbers.js';
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

const indianNumber = v.pipe(
  filledText,
  phoneField((text) => {
    const number = toE164(text, 'IN');
    return number?.startsWith('+91') === true ? number.slice('+'.length) : undefined;
  }, 'must be an Indian phone number: Truecaller documents only 91 and ten digits'),
);

const recordSchema = v.pipe(
  v.strictObject({
    callerNumber: indianNumber,
    receiverNumber: indianNumber,
    startsAt: moment,
    endsAt: moment,
    labelId: v.optional(filledText),
    labelName: v.optional(textOf(3, 40)),
    callReason: v.optional(textOf(10, 100)),
  }),
  v.forward(
    v.check(({ startsAt, endsAt }) => endsAt > startsAt, 'must be after startsAt'),
    ['endsAt'],
  ),
  v.forward(
    v.check(({ endsAt }) => endsAt.getTime() >= Date.now(), 'must not be in the past'),
    ['endsAt'],
  ),
);

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
  const record = validateInput(recordSchema, input, { api: 'truecaller', operation, within });
  return {
    caller_number: record.callerNumber,
    receiver_number: record.receiverNumber,
    starts_at: record.startsAt.getTime(),
    ends_at: record.endsAt.getTime(),
    label_id: record.labelId,
    dynamic_label_name: record.labelName,
    dynamic_call_reason: record.callReason,
  };
}
