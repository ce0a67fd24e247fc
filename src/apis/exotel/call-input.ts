import * as v from 'valibot';
import { filledText, flag, httpUrl, oneOf, pathId, wholeNumber } from '../input-fields.js';
import { exoPhone, type PhoneFields } from '../phone-numbers.js';

/** The agent to dial first: by number or SIP address, or by user id. */
export type ExotelCallFrom = { contactUri: string } | { userId: string };

/** Where to post updates on a call. */
export interface ExotelStatusCallback {
  event: 'answered' | 'terminal';
  url: string;
}

/** What to dial, and how. */
export interface ExotelCreateCallInput {
  /** Dialled first. If several users share a contact URI, Exotel takes the first of them. */
  from: ExotelCallFrom;
  /** The customer: in E.164 form, or as people write it. `defaultCountry` applies if it has no country. */
  to: string;
  /** The ExoPhone that both see: E.164, or local digits for Indian numbers. */
  virtualNumber: string;
  /** @defaultValue left to Exotel: false according to the docs. To record, send true. */
  record?: boolean | undefined;
  recordingChannels?: 'single' | 'dual' | undefined;
  /** A WAV file, best below 2 MB. */
  waitAudioUrl?: string | undefined;
  /** The longest that the call may last, in seconds. */
  maxDurationSeconds?: number | undefined;
  /** How long each leg may ring, in seconds. @defaultValue left to Exotel; one page says 30 */
  ringTimeoutSeconds?: number | undefined;
  /** Comes back in call details and callbacks. */
  customField?: string | undefined;
  statusCallbacks?: readonly ExotelStatusCallback[] | undefined;
}

/** What v3 takes beyond CCM. */
export interface ExotelCreateCallV3Input extends ExotelCreateCallInput {
  /**
   * Whether Exotel marks the user busy during the call. Only with the `nested` body.
   * @defaultValue left to Exotel: true if the number belongs to a user
   */
  stateManagement?: boolean | undefined;
}

function fields({ e164, e164OrSip }: PhoneFields) {
  return {
    from: v.union(
      [v.strictObject({ contactUri: e164OrSip }), v.strictObject({ userId: pathId })],
      'must be { contactUri } with a phone number or a sip: address, or { userId }',
    ),
    to: e164,
    virtualNumber: exoPhone,
    record: v.optional(flag),
    recordingChannels: v.optional(oneOf(['single', 'dual'])),
    waitAudioUrl: v.optional(httpUrl),
    maxDurationSeconds: v.optional(wholeNumber(1)),
    ringTimeoutSeconds: v.optional(wholeNumber(1)),
    customField: v.optional(filledText),
    statusCallbacks: v.optional(
      v.array(v.strictObject({ event: oneOf(['answered', 'terminal']), url: httpUrl })),
    ),
  };
}

/** @internal */
export const createCallSchema = (phones: PhoneFields) => v.strictObject(fields(phones));

/** @internal */
export const createCallV3Schema = (phones: PhoneFields) =>
  v.strictObject({ ...fields(phones), stateManagement: v.optional(flag) });

/** The flat body: CCM make call, and the new docs' v3. @internal */
export function toFlatCallBody(
  input: ExotelCreateCallInput,
  toField: 'customer_contact_uri' | 'number',
): Record<string, unknown> {
  return {
    from:
      'userId' in input.from
        ? { user_id: input.from.userId }
        : { user_contact_uri: input.from.contactUri },
    to: { [toField]: input.to },
    ...sharedFields(input),
    recording: input.record,
    recording_channels: input.recordingChannels,
    status_callback: input.statusCallbacks?.map(({ event, url }) => ({ event, url })),
  };
}

/** The old portal's v3 body. `state_management` is typed as in the sample: the string "true", but the boolean false. @internal */
export function toNestedCallBody(
  input: ExotelCreateCallV3Input,
  contactUriOfFrom: string,
): Record<string, unknown> {
  const state = input.stateManagement === true ? 'true' : input.stateManagement;
  return {
    from: { contact_uri: contactUriOfFrom, state_management: state },
    to: { contact_uri: input.to },
    ...sharedFields(input),
    recording: nestedRecording(input),
    status_callback: input.statusCallbacks?.map(({ event, url }) => ({ event, url })),
  };
}

function nestedRecording({ record, recordingChannels }: ExotelCreateCallInput) {
  if (record === undefined && recordingChannels === undefined) return undefined;
  return { record, channels: recordingChannels };
}

// JSON leaves out undefined values, so optional fields need no conditions.
function sharedFields(input: ExotelCreateCallInput) {
  return {
    virtual_number: input.virtualNumber,
    wait_audio_url: input.waitAudioUrl,
    max_time_limit: input.maxDurationSeconds,
    attempt_time_out: input.ringTimeoutSeconds,
    custom_field: input.customField,
  };
}
