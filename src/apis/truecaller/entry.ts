import * as v from 'valibot';
import { ApiInputError } from '../api-input-error.js';
import { filledText } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import {
  contentSchema,
  mandatoryContentFields,
  templateSchema,
  toWireContent,
  type TruecallerContent,
  type TruecallerTemplate,
} from './content.js';
import type { ResolvedTruecallerApiOptions } from './truecaller-options.js';
import { hashReceiverNumber, isHashedReceiver, toReceiverNumber } from './receiver-number.js';

/** One recipient of one campaign, with the content to show. */
export interface TruecallerEntry {
  /** From the Campaigns tab of the console; up to 500 characters. */
  campaignId: string;
  /** A telephone number in any usual form, or its SHA-256 in lower-case hex. */
  receiverNumber: string;
  /** One to five, one for each touch point of the campaign. */
  contents: readonly TruecallerContent[];
  /** Checks that each content has what this template makes mandatory. It is not sent. @defaultValue no such check */
  template?: TruecallerTemplate | undefined;
  /** Fields that you know to work although the docs do not say where they go, such as `reference_id`. Sent as is. */
  extra?: Readonly<Record<string, unknown>> | undefined;
}

/** @internal */
export const campaignIdSchema = v.pipe(
  filledText,
  v.maxLength(500, 'must have at most 500 characters'),
);

const entrySchema = v.strictObject({
  campaignId: campaignIdSchema,
  receiverNumber: filledText,
  contents: v.pipe(
    v.array(contentSchema, 'must be an array'),
    v.minLength(1, 'must have from 1 to 5 contents'),
    v.maxLength(5, 'must have from 1 to 5 contents'),
    v.check(
      (contents) =>
        new Set(contents.map((content) => content.displayUnit)).size === contents.length,
      'must not have two contents for the same display unit',
    ),
  ),
  template: v.optional(templateSchema),
  extra: v.optional(v.record(v.string(), v.unknown())),
});

/** The place of an entry, for errors. @internal */
export interface EntryPlace {
  operation: string;
  /** `entries.3`, or nothing for a single entry. */
  within?: string | undefined;
}

/** Checks an entry, and writes it as the bulk upload's table does. @internal */
export async function toWireEntry(
  input: TruecallerEntry,
  options: ResolvedTruecallerApiOptions,
  place: EntryPlace,
): Promise<Record<string, unknown>> {
  const entry = validateInput(entrySchema, input, { api: 'truecaller', ...place });
  checkTemplate(entry, place);
  const field = fieldAt(place, 'receiverNumber');
  return {
    ...entry.extra,
    campaign_id: entry.campaignId,
    receiver_number: await toWireReceiver(entry.receiverNumber, options, {
      operation: place.operation,
      field,
    }),
    contents: entry.contents.map(toWireContent),
  };
}

/** A receiver in the form that `hashReceivers` asks for: a removal has to use the form of the upload. @internal */
export async function toWireReceiver(
  receiver: string,
  { hashReceivers, defaultCountry }: ResolvedTruecallerApiOptions,
  place: { operation: string; field: string },
): Promise<string> {
  if (isHashedReceiver(receiver)) return receiver;
  return hashReceivers
    ? hashReceiverNumber(receiver, { defaultCountry }, place)
    : toReceiverNumber(receiver, { defaultCountry }, place);
}

function checkTemplate({ contents, template }: TruecallerEntry, place: EntryPlace): void {
  if (template === undefined) return;
  for (const [index, content] of contents.entries()) {
    const missing = mandatoryContentFields(content.displayUnit, template).find(
      (field) => content[field] === undefined,
    );
    if (missing === undefined) continue;
    throw new ApiInputError({
      api: 'truecaller',
      operation: place.operation,
      field: fieldAt(place, `contents.${index}.${missing}`),
      problem: `is required at ${content.displayUnit} with the template ${template}`,
    });
  }
}

function fieldAt({ within }: EntryPlace, field: string): string {
  return within === undefined ? field : `${within}.${field}`;
}
