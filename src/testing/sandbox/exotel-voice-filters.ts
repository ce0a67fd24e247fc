import { secondsOf } from './exotel-notation.js';

/** The parts of a call that the list can be filtered by. */
export interface ListedCall {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly exoPhone: string;
  readonly status: string;
  readonly direction: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly endedAt: number | undefined;
}

/** What every call costs. */
export const PRICE = '1.500';

const WIDEST_MS = 31 * 86_400_000;

/**
 * Which calls a list query selects, as documented; text if Exotel would refuse it.
 *
 * @see https://developer.exotel.com/api/call-details-bulk
 */
export function readVoiceFilter(query: URLSearchParams): ((call: ListedCall) => boolean) | string {
  const created = readRange(query.get('DateCreated'), (text) =>
    Date.parse(`${text.replace(' ', 'T')}+05:30`),
  );
  const duration = readRange(query.get('Duration'), (text) => Number(text.replace(/s$/, '')));
  const cost = readRange(query.get('Price'), Number);
  if (created === 'bad' || duration === 'bad' || cost === 'bad') return 'Invalid parameter';
  if (created.least > -Infinity && created.most - created.least > WIDEST_MS) {
    return 'The date range must not exceed a month';
  }
  const [sids, statuses, directions] = ['Sid', 'Status', 'Direction'].map((name) =>
    listIn(query, name),
  );
  const [to, from, exoPhones] = ['To', 'From', 'PhoneNumber'].map((name) =>
    listIn(query, name)?.map(subscriberOf),
  );
  return (call) =>
    isIn(sids, call.sid) &&
    isIn(statuses, call.status) &&
    isIn(directions, call.direction) &&
    isIn(to, subscriberOf(call.to)) &&
    isIn(from, subscriberOf(call.from)) &&
    isIn(exoPhones, subscriberOf(call.exoPhone)) &&
    // Exotel counts in whole seconds.
    isWithin(created, Math.floor(call.createdAt / 1_000) * 1_000) &&
    isWithin(duration, secondsOf(call)) &&
    isWithin(cost, Number(PRICE));
}

interface Bounds {
  least: number;
  most: number;
}

/** `gte:…;lte:…` or `eq:…`. */
function readRange(text: string | null, read: (value: string) => number): Bounds | 'bad' {
  const bounds = { least: -Infinity, most: Infinity };
  for (const part of text?.split(';') ?? []) {
    const [, word, value = ''] = /^(gte|lte|eq):(.+)$/.exec(part) ?? [];
    const bound = read(value);
    if (word === undefined || Number.isNaN(bound)) return 'bad';
    if (word !== 'lte') bounds.least = bound;
    if (word !== 'gte') bounds.most = bound;
  }
  return bounds;
}

const isWithin = ({ least, most }: Bounds, value: number) => value >= least && value <= most;

const listIn = (query: URLSearchParams, name: string) => query.get(name)?.split(',');

const isIn = (list: readonly string[] | undefined, value: string) => list?.includes(value) ?? true;

/** The same for a number in E.164 and in its national form. */
const subscriberOf = (number: string) => number.replace(/\D/g, '').slice(-10);
