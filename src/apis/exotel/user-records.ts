import { asList, asRecord, booleanOf, numberOf, textOf } from '../wire-values.js';
import { parseExotelTime } from './exotel-time.js';
import type { OpenWord } from '../open-word.js';

/** A telephone or softphone of a user. */
export interface ExotelDevice {
  id: number | undefined;
  name: string | undefined;
  contactUri: string | undefined;
  type: OpenWord<'tel' | 'sip'> | undefined;
  /** Whether it is switched on. Only one device per user may be. */
  available: boolean | undefined;
  verified: boolean | undefined;
  status: OpenWord<'free'> | undefined;
}

/** A user (co-worker, agent) of the account. */
export interface ExotelUser {
  userId: string;
  firstName: string | undefined;
  lastName: string | undefined;
  email: string | undefined;
  emailVerified: boolean | undefined;
  role: OpenWord<'admin' | 'supervisor' | 'user'> | undefined;
  /** As the API sends it: null, or something that the docs do not describe. */
  activeCall: unknown;
  lastLoginTime: Date | undefined;
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
  /** Empty unless requested with `fields: ['devices']`. */
  devices: readonly ExotelDevice[];
}

/** Reads one user record; `undefined` when it has no id. */
export function parseUser(value: unknown, zonelessOffset: string): ExotelUser | undefined {
  const user = asRecord(value) ?? {};
  const userId = textOf(user.id);
  if (userId === undefined) return undefined;
  return {
    userId,
    firstName: textOf(user.first_name),
    lastName: textOf(user.last_name),
    email: textOf(user.email),
    emailVerified: booleanOf(user.email_verified),
    role: textOf(user.role),
    activeCall: user.active_call ?? undefined,
    lastLoginTime: parseExotelTime(user.last_login, zonelessOffset),
    createdTime: parseExotelTime(user.date_created, zonelessOffset),
    updatedTime: parseExotelTime(user.date_updated, zonelessOffset),
    devices: asList(user.devices)
      .map(parseDevice)
      .filter((device) => device !== undefined),
  };
}

/** Reads one device record; `undefined` if it is not one. */
export function parseDevice(value: unknown): ExotelDevice | undefined {
  const device = asRecord(value);
  if (device === undefined) return undefined;
  return {
    id: numberOf(device.id),
    name: textOf(device.name),
    contactUri: textOf(device.contact_uri),
    type: textOf(device.type),
    available: booleanOf(device.available),
    verified: booleanOf(device.verified),
    status: textOf(device.status),
  };
}

/**
 * The `data` of an answer about one record: `response.data`, or that of the first item, because the docs call the
 * answer for one user "the same structure" as the list.
 */
export function singleData(body: unknown): unknown {
  const response = asRecord(body)?.response;
  const envelope = asRecord(response) ?? asRecord(asList(response)[0]);
  return envelope?.data;
}
