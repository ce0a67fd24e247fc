import { asList, asRecord, textOf } from '../wire-values.js';
import { parseExotelTime } from './exotel-time.js';
import type { OpenWord } from '../open-word.js';

/** One leg of a v3 call. */
export interface ExotelCallLeg {
  sid: string | undefined;
  name: string | undefined;
  contactUri: string | undefined;
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
  status: OpenWord<'in-progress' | 'completed' | 'failed' | 'no-answer'> | undefined;
  /** Only on `to` legs. */
  groupId: string | undefined;
  /** Only on `to` legs. */
  groupName: string | undefined;
}

/** The legs of a v3 call. */
export interface ExotelCallLegs {
  callSid: string | undefined;
  accountSid: string | undefined;
  from: readonly ExotelCallLeg[];
  to: readonly ExotelCallLeg[];
  requestId: string | undefined;
  raw: unknown;
}

/** Reads `response.leg_details`; `undefined` when there is none. */
export function parseCallLegs(body: unknown, zonelessOffset: string): ExotelCallLegs | undefined {
  const outer = asRecord(body);
  const legs = asRecord(asRecord(outer?.response)?.leg_details);
  if (legs === undefined) return undefined;
  const parse = (leg: unknown) => parseLeg(leg, zonelessOffset);
  return {
    callSid: textOf(legs.call_sid),
    accountSid: textOf(legs.account_sid),
    from: asList(legs.from).map(parse),
    to: asList(legs.to).map(parse),
    requestId: textOf(outer?.request_id),
    raw: body,
  };
}

function parseLeg(value: unknown, zonelessOffset: string): ExotelCallLeg {
  const leg = asRecord(value) ?? {};
  return {
    sid: textOf(leg.sid),
    name: textOf(leg.name),
    contactUri: textOf(leg.contact_uri),
    createdTime: parseExotelTime(leg.date_created, zonelessOffset),
    updatedTime: parseExotelTime(leg.date_updated, zonelessOffset),
    status: textOf(leg.status),
    groupId: textOf(leg.group_id),
    groupName: textOf(leg.group_name),
  };
}
