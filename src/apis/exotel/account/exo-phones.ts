import * as v from 'valibot';
import { filledText, flag, httpUrl, oneOf, pathId, somethingToChange } from '../../input-fields.js';
import type { OpenWord } from '../../open-word.js';
import { exoPhone } from '../../phone-numbers.js';
import { withoutUndefined } from '../../request-options.js';
import { validateInput } from '../../validate-input.js';
import { asRecord, booleanOf, numberOf, textOf, type WireRecord } from '../../wire-values.js';
import { acknowledgementIn, type ExotelAcknowledgement } from '../acknowledgement.js';
import type { ExotelAnswer, ExotelClient, ExotelRequest } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions } from '../exotel-options.js';
import { parseExotelTime } from '../exotel-time.js';

/** A number of the account, or one that can be bought. */
export interface ExotelExoPhone {
  /** The id that the other calls take. Numbers for sale have none. */
  sid: string | undefined;
  phoneNumber: string;
  friendlyName: string | undefined;
  capabilities: { voice: boolean | undefined; sms: boolean | undefined };
  country: string | undefined;
  region: string | undefined;
  numberType: string | undefined;
  rentalPrice: number | undefined;
  currency: string | undefined;
  voiceUrl: string | undefined;
  smsUrl: string | undefined;
  raw: unknown;
}

/** Which numbers to look for. */
export interface ExotelAvailableQuery {
  /** Two letters: `IN`. */
  country: string;
  type: 'Landline' | 'Mobile' | 'TollFree';
  incomingSms?: boolean | undefined;
  region?: string | undefined;
  contains?: string | undefined;
}

/** The flow that an ExoPhone leads to, and its name. */
export interface ExotelExoPhoneSettings {
  /** The flow for calls: `http://my.exotel.com/{account}/exoml/start_voice/{app}`. */
  voiceUrl?: string | undefined;
  smsUrl?: string | undefined;
  friendlyName?: string | undefined;
}

/** How reachable an ExoPhone is. */
export interface ExotelExoPhoneHealth {
  incoming: ExotelConnectivity | undefined;
  outgoing: ExotelConnectivity | undefined;
  raw: unknown;
}

/** One direction of {@link ExotelExoPhoneHealth}. */
export interface ExotelConnectivity {
  status: OpenWord<'active' | 'major_outage'> | undefined;
  lastCheckTime: Date | undefined;
  /** Another number to use in the meantime. */
  alternateExoPhone: string | undefined;
}

/**
 * The account's numbers. Auth: Basic only.
 *
 * @throws What every call throws: {@link ExotelApi}.
 * @see https://github.com/rahulkumar-exo/exotel-docs — docs/exophones/api-reference
 */
export interface ExotelExoPhones {
  /** Numbers that can be bought. */
  available(
    query: ExotelAvailableQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<readonly ExotelExoPhone[]>;
  /** The account's numbers: the first page, 50 in the sample. How to request the next page is not documented. */
  list(options?: ExotelBasicOnlyOptions): Promise<readonly ExotelExoPhone[]>;
  /** One number. */
  get(sid: string, options?: ExotelBasicOnlyOptions): Promise<ExotelExoPhone>;
  /** Buys a number, **which costs money**. After a time-out it may have been bought: check with `list`. */
  buy(
    input: ExotelExoPhoneSettings & { phoneNumber: string },
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelExoPhone>;
  /** Points a number at a flow, or names it. */
  update(
    sid: string,
    settings: ExotelExoPhoneSettings,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelExoPhone>;
  /** Releases a number for good. */
  release(sid: string, options?: ExotelBasicOnlyOptions): Promise<ExotelAcknowledgement>;
  /** How reachable a number is. @see https://developer.exotel.com/docs/heartbeat/webhook-format */
  health(sid: string, options?: ExotelBasicOnlyOptions): Promise<ExotelExoPhoneHealth>;
}

const availableSchema = v.strictObject({
  country: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'must have two capital letters, like IN')),
  type: oneOf(['Landline', 'Mobile', 'TollFree']),
  incomingSms: v.optional(flag),
  region: v.optional(filledText),
  contains: v.optional(filledText),
});
const settings = {
  voiceUrl: v.optional(httpUrl),
  smsUrl: v.optional(httpUrl),
  friendlyName: v.optional(filledText),
};
const buySchema = v.strictObject({ ...settings, phoneNumber: exoPhone });
const updateSchema = v.pipe(v.strictObject(settings), somethingToChange());

/** @internal */
export function createExoPhones(client: ExotelClient): ExotelExoPhones {
  const { zonelessOffset } = client.options;
  const send = (
    name: string,
    request: Pick<ExotelRequest, 'method' | 'path' | 'query' | 'body'>,
    options: ExotelBasicOnlyOptions | undefined,
  ) =>
    client.send(
      {
        ...request,
        operation: `exoPhones.${name}`,
        fixedAuth: 'basic',
        host: 'voice',
        budget: 'exoPhones',
      },
      options,
    );
  const checked = <const Schema extends v.GenericSchema>(
    name: string,
    schema: Schema,
    input: unknown,
  ) => validateInput(schema, input, { api: 'exotel', operation: `exoPhones.${name}` });
  const numbers = (...ids: string[]) => client.path('v2_beta', 'IncomingPhoneNumbers', ...ids);
  const numberAt = (name: string, sid: string) => numbers(checked(name, pathId, sid));

  return {
    async available(query, options) {
      const asked = checked('available', availableSchema, query);
      const path = client.path('v2_beta', 'AvailablePhoneNumbers', asked.country, asked.type);
      const wireQuery = {
        IncomingSMS: asked.incomingSms,
        InRegion: asked.region,
        Contains: asked.contains,
      };
      const answer = await send('available', { method: 'GET', path, query: wireQuery }, options);
      return phonesIn(answer, answer.body);
    },

    async list(options) {
      const answer = await send('list', { method: 'GET', path: numbers() }, options);
      return phonesIn(answer, asRecord(answer.body)?.incoming_phone_numbers);
    },

    async get(sid, options) {
      return phoneIn(await send('get', { method: 'GET', path: numberAt('get', sid) }, options));
    },

    async buy(input, options) {
      const { phoneNumber, ...rest } = checked('buy', buySchema, input);
      const body = toForm({ phoneNumber, ...rest });
      return phoneIn(await send('buy', { method: 'POST', path: numbers(), body }, options));
    },

    async update(sid, changes, options) {
      const path = numberAt('update', sid);
      const body = toForm(checked('update', updateSchema, changes));
      return phoneIn(await send('update', { method: 'PUT', path, body }, options));
    },

    async release(sid, options) {
      const path = numberAt('release', sid);
      return acknowledgementIn(await send('release', { method: 'DELETE', path }, options));
    },

    async health(sid, options) {
      const id = checked('health', pathId, sid);
      const path = client.path('v2', 'incoming-phone-numbers', id);
      const answer = await send('health', { method: 'GET', path }, options);
      const connectivity = connectivityIn(answer.body);
      if (connectivity === undefined) throw answer.unexpected('The response has no connectivity.');
      return {
        incoming: parseConnectivity(connectivity.incoming_call, zonelessOffset),
        outgoing: parseConnectivity(connectivity.outgoing_call, zonelessOffset),
        raw: answer.body,
      };
    },
  };
}

function toForm(input: ExotelExoPhoneSettings & { phoneNumber?: string }): URLSearchParams {
  return new URLSearchParams(
    withoutUndefined({
      PhoneNumber: input.phoneNumber,
      VoiceUrl: input.voiceUrl,
      SMSUrl: input.smsUrl,
      FriendlyName: input.friendlyName,
    }),
  );
}

function phonesIn(answer: ExotelAnswer, list: unknown): readonly ExotelExoPhone[] {
  if (!Array.isArray(list)) throw answer.unexpected('The response has no list of numbers.');
  return list
    .map((phone: unknown) => parseExoPhone(asRecord(phone) ?? {}))
    .filter((phone) => phone !== undefined);
}

function phoneIn(answer: ExotelAnswer): ExotelExoPhone {
  const phone = parseExoPhone(asRecord(answer.body) ?? {});
  if (phone === undefined) throw answer.unexpected('The response has no phone_number.');
  return phone;
}

function parseExoPhone(record: WireRecord): ExotelExoPhone | undefined {
  const phoneNumber = textOf(record.phone_number);
  if (phoneNumber === undefined) return undefined;
  const capabilities = asRecord(record.capabilities) ?? {};
  return {
    sid: textOf(record.sid),
    phoneNumber,
    friendlyName: textOf(record.friendly_name),
    capabilities: { voice: booleanOf(capabilities.voice), sms: booleanOf(capabilities.sms) },
    country: textOf(record.country),
    region: textOf(record.region),
    numberType: textOf(record.number_type),
    rentalPrice: numberOf(record.rental_price),
    currency: textOf(record.currency),
    voiceUrl: textOf(record.voice_url),
    smsUrl: textOf(record.sms_url),
    raw: record,
  };
}

/** The page names the field, but not its place in the envelope. */
function connectivityIn(body: unknown): WireRecord | undefined {
  const outer = asRecord(body);
  const response = asRecord(outer?.response);
  return [asRecord(response?.data), response, outer]
    .map((place) => asRecord(place?.connectivity))
    .find((place) => place !== undefined);
}

function parseConnectivity(value: unknown, zonelessOffset: string): ExotelConnectivity | undefined {
  const direction = asRecord(value);
  return (
    direction && {
      status: textOf(direction.status),
      lastCheckTime: parseExotelTime(direction.last_check_time, zonelessOffset),
      alternateExoPhone: textOf(direction.alternate_exophone),
    }
  );
}
