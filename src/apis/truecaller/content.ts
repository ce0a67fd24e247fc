import * as v from 'valibot';
import { filledText, oneOf, wholeNumber } from '../input-fields.js';

const DISPLAY_UNITS = [
  'cid',
  'acs-answered',
  'acs-missed-rejected',
  'mid',
  'business-profile',
] as const;

/**
 * Where the content is shown: `cid` caller ID, `acs-answered` after a call, `acs-missed-rejected` after a missed
 * one, `mid` sticky message, `business-profile` the business page.
 *
 * The docs print the list without separators and name the touch points in prose: the pairing is our reading.
 */
export type TruecallerDisplayUnit = (typeof DISPLAY_UNITS)[number];

/**
 * The template that the campaign has in the console: `text` (T1), `image-banner` (T2), `text-image-left` (T3),
 * `text-image-right` (T4). It is not sent; it decides which fields are mandatory.
 */
export type TruecallerTemplate = 'text' | 'image-banner' | 'text-image-left' | 'text-image-right';

/** What one touch point shows. Images and colours are set in the console. */
export interface TruecallerContent {
  displayUnit: TruecallerDisplayUnit;
  title?: string | undefined;
  subTitle?: string | undefined;
  callToAction?: string | undefined;
  /** Where a tap leads: an absolute address, of any scheme. */
  deeplink?: string | undefined;
  /** Days to live, from 1 to 365. (On the wire it is a string.) */
  ttlDays?: number | undefined;
  /** Fields that you know to work although the docs do not say where they go. Sent as is. */
  extra?: Readonly<Record<string, unknown>> | undefined;
}

type ContentField = 'title' | 'subTitle' | 'callToAction' | 'deeplink';

/**
 * What is mandatory at each touch point, for templates with text and for the image banner. The table of the
 * missed-call pop-up could not be read, so nothing is required there.
 *
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/campaign-payload
 */
const MANDATORY: Readonly<
  Record<TruecallerDisplayUnit, { text: readonly ContentField[]; banner: readonly ContentField[] }>
> = Object.freeze({
  cid: { text: ['title', 'subTitle'], banner: [] },
  'acs-answered': {
    text: ['title', 'subTitle', 'callToAction', 'deeplink'],
    banner: ['deeplink'],
  },
  'acs-missed-rejected': { text: [], banner: [] },
  mid: { text: ['title', 'callToAction', 'deeplink'], banner: ['deeplink'] },
  'business-profile': {
    text: ['title', 'subTitle', 'callToAction', 'deeplink'],
    banner: ['deeplink'],
  },
});

/** The mandatory fields of a touch point with a template. */
export function mandatoryContentFields(
  displayUnit: TruecallerDisplayUnit,
  template: TruecallerTemplate,
): readonly ContentField[] {
  return MANDATORY[displayUnit][template === 'image-banner' ? 'banner' : 'text'];
}

const deeplink = v.pipe(
  v.string('must be a string'),
  v.check(
    (text) => URL.canParse(text) && !/\s/.test(text),
    'must be a link with a scheme, like https://… or app://…',
  ),
);

/** @internal */
export const contentSchema = v.strictObject({
  displayUnit: oneOf(DISPLAY_UNITS),
  title: v.optional(filledText),
  subTitle: v.optional(filledText),
  callToAction: v.optional(filledText),
  deeplink: v.optional(deeplink),
  ttlDays: v.optional(wholeNumber(1, 365)),
  extra: v.optional(v.record(v.string(), v.unknown())),
});

/** @internal */
export const templateSchema = oneOf([
  'text',
  'image-banner',
  'text-image-left',
  'text-image-right',
]);

/** The content as it is sent. @internal */
export function toWireContent(content: TruecallerContent): Record<string, unknown> {
  return {
    ...content.extra,
    display_unit: content.displayUnit,
    title: content.title,
    sub_title: content.subTitle,
    call_to_action: content.callToAction,
    deeplink: content.deeplink,
    ttl: content.ttlDays === undefined ? undefined : String(content.ttlDays),
  };
}
