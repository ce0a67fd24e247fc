/*
 * Exotel users and their devices.
 *
 * https://developer.exotel.com/docs/users/overview
 *
 * Documented: the paths, the fields and their bounds, the codes, the position beside `response`, that a list wraps each item and
 * a single user's answer is wrapped once.
 * Hypothesis: that a single user comes as an object ("same structure", the page says); the status of a device that is switched off.
 */
import { toE164 } from '../../apis/phone-numbers.js';
import type { Answer } from './answers.js';
import { exotelData, exotelFailure, exotelPage, exotelSuccess } from './exotel-envelope.js';
import type { ExotelAgent } from './exotel-presence.js';
import type { ProviderSetup } from './provider.js';
import { asText, objectBody } from './read-body.js';
import { route, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** A device of a user of the sandbox's Exotel. */
export interface ExotelUserDevice {
  readonly id: number;
  readonly name: string;
  contactUri: string;
  available: boolean;
  verified: boolean;
}

/** A user of the sandbox's Exotel. */
export interface ExotelUser {
  readonly id: string;
  firstName: string;
  lastName: string;
  email: string | undefined;
  readonly role: string;
  readonly devices: ExotelUserDevice[];
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  updatedAt: string;
}

/** Verbs about users. */
export interface ExotelUsers {
  /** The users: the three agents at the start, each with one verified device that is on. */
  readonly users: readonly ExotelUser[];
}

const NAME = /^[\p{L}\p{N}.' -]{3,20}$/u;
const PATH = '/v2/accounts/:accountSid/users';

/** Creates the agents' users and the routes about them. */
export function createExotelUsers(
  { now }: ProviderSetup,
  agents: readonly ExotelAgent[],
): ApiPart<ExotelUsers> {
  const users: ExotelUser[] = [];
  let usersMade = 0;
  let devicesMade = 0;
  reset();

  function reset(): void {
    devicesMade = 0;
    users.splice(0, users.length, ...agents.map(userOfAgent));
    usersMade = users.length;
  }

  function userOfAgent({ userId, name, email, contactUri }: ExotelAgent): ExotelUser {
    const [firstName = '', lastName = ''] = name.split(' ');
    const devices = [newDevice(contactUri, 'phone', true)];
    const at = new Date(now()).toISOString();
    return {
      id: userId,
      ...{ firstName, lastName, email, devices },
      ...{ role: 'user', createdAt: at, updatedAt: at },
    };
  }

  function newDevice(contactUri: string, name: string, ready: boolean): ExotelUserDevice {
    devicesMade += 1;
    return { id: devicesMade, name, contactUri, available: ready, verified: ready };
  }

  function list(request: SandboxRequest): Answer {
    const { query } = request;
    const fields = new Set((query.get('fields') ?? '').split(','));
    const found = users.filter((user) => matches(user, query));
    const { page, metadata } = exotelPage(request, found, { usual: 20, most: 50 });
    const rows = page.map((user) => ({
      ...{ code: 200, status: 'success' },
      data: userBody(user, fields),
    }));
    return exotelSuccess(request, 200, rows, { metadata });
  }

  const withUser =
    (act: (request: SandboxRequest, user: ExotelUser, params: DeviceParams) => Answer) =>
    (request: SandboxRequest, params: Readonly<Record<string, string>>): Answer => {
      const user = users.find(({ id }) => id === params.userId);
      return user === undefined
        ? exotelFailure(request, 404, 10801, 'User not found')
        : act(request, user, { deviceId: params.deviceId ?? '' });
    };

  const answerUser = (request: SandboxRequest, user: ExotelUser): Answer =>
    exotelData(request, userBody(user, ALL_FIELDS));

  function create(request: SandboxRequest): Answer {
    const body = objectBody(request);
    const [firstName, lastName] = [asText(body.first_name), asText(body.last_name)];
    const [email, contactUri] = [asText(body.email), asText(body.device_contact_uri)];
    if (firstName === undefined || lastName === undefined) {
      return exotelFailure(request, 400, 1001, 'Mandatory parameter missing');
    }
    if (![firstName, lastName].every((name) => NAME.test(name))) {
      return exotelFailure(request, 400, 1007, 'Invalid name');
    }
    if (contactUri !== undefined && toE164(contactUri) !== contactUri) {
      return exotelFailure(request, 400, 1401, 'Invalid phone number');
    }
    if (email !== undefined && users.some((user) => user.email === email)) {
      return exotelFailure(request, 409, 10813, 'E-mail address is taken');
    }
    if (contactUri !== undefined && hasDevice(contactUri)) {
      return exotelFailure(request, 409, 10812, 'Device exists');
    }
    const at = new Date(now()).toISOString();
    usersMade += 1;
    const user: ExotelUser = {
      id: `00000000-0000-4000-8000-${String(usersMade).padStart(12, '0')}`,
      ...{ firstName, lastName, email, role: asText(body.role) ?? 'user' },
      devices:
        contactUri === undefined
          ? []
          : [newDevice(contactUri, asText(body.device_name) ?? 'phone', false)],
      ...{ createdAt: at, updatedAt: at },
    };
    users.push(user);
    return answerUser(request, user);
  }

  function update(request: SandboxRequest, user: ExotelUser): Answer {
    const body = objectBody(request);
    const email = asText(body.email);
    if (email !== undefined && user.email !== undefined) {
      return exotelFailure(request, 400, 1002, 'The e-mail address is set already');
    }
    Object.assign(user, {
      firstName: asText(body.first_name) ?? user.firstName,
      lastName: asText(body.last_name) ?? user.lastName,
      email: email ?? user.email,
      updatedAt: new Date(now()).toISOString(),
    });
    return answerUser(request, user);
  }

  function remove(request: SandboxRequest, user: ExotelUser): Answer {
    users.splice(users.indexOf(user), 1);
    return exotelData(request, null);
  }

  function updateDevice(request: SandboxRequest, user: ExotelUser, params: DeviceParams): Answer {
    const device = deviceOf(user, params);
    if (device === undefined) return exotelFailure(request, 404, 1000, 'Device not found');
    const { available, contact_uri: contactUri } = objectBody(request);
    if (available === true && !device.verified) {
      return exotelFailure(request, 409, 10809, 'Device is not verified');
    }
    if (available === true && user.devices.some((other) => other !== device && other.available)) {
      return exotelFailure(request, 403, 10810, 'Another device is on');
    }
    if (typeof available === 'boolean') device.available = available;
    const newUri = asText(contactUri);
    // A new address has to be verified again.
    if (newUri !== undefined) Object.assign(device, { contactUri: newUri, verified: false });
    return exotelData(request, deviceBody(device));
  }

  function setPassword(request: SandboxRequest, user: ExotelUser, params: DeviceParams): Answer {
    if (deviceOf(user, params) === undefined) {
      return exotelFailure(request, 404, 1000, 'Device not found');
    }
    const password = asText(objectBody(request).password) ?? '';
    return password.length < 8
      ? exotelFailure(request, 400, 1002, 'Weak password')
      : exotelData(request, null);
  }

  function hasDevice(contactUri: string): boolean {
    return users.some(({ devices }) => devices.some((device) => device.contactUri === contactUri));
  }

  return {
    routes: [
      route('GET', PATH, list),
      route('POST', PATH, create),
      route('GET', `${PATH}/:userId`, withUser(answerUser)),
      route('PUT', `${PATH}/:userId`, withUser(update)),
      route('DELETE', `${PATH}/:userId`, withUser(remove)),
      route('PUT', `${PATH}/:userId/devices/:deviceId`, withUser(updateDevice)),
      route('PUT', `${PATH}/:userId/devices/:deviceId/password`, withUser(setPassword)),
    ],
    verbs: { users },
    reset,
  };
}

interface DeviceParams {
  readonly deviceId: string;
}

const ALL_FIELDS: ReadonlySet<string> = new Set(['devices', 'active_call', 'last_login']);

function matches(user: ExotelUser, query: URLSearchParams): boolean {
  const email = query.get('email');
  const uris = query.get('devices.contact_uri')?.split(',');
  return (
    (email === null || user.email === email) &&
    (uris === undefined || user.devices.some(({ contactUri }) => uris.includes(contactUri)))
  );
}

function deviceOf(user: ExotelUser, { deviceId }: DeviceParams): ExotelUserDevice | undefined {
  return user.devices.find(({ id }) => String(id) === deviceId);
}

function userBody(user: ExotelUser, fields: ReadonlySet<string>): object {
  return {
    id: user.id,
    first_name: user.firstName,
    last_name: user.lastName,
    email: user.email ?? null,
    email_verified: user.email !== undefined,
    role: user.role,
    date_created: user.createdAt,
    date_updated: user.updatedAt,
    ...(fields.has('active_call') ? { active_call: null } : {}),
    ...(fields.has('last_login') ? { last_login: user.createdAt } : {}),
    ...(fields.has('devices') ? { devices: user.devices.map(deviceBody) } : {}),
  };
}

function deviceBody(device: ExotelUserDevice): object {
  return {
    id: device.id,
    name: device.name,
    contact_uri: device.contactUri,
    type: device.contactUri.startsWith('sip:') ? 'sip' : 'tel',
    available: device.available,
    verified: device.verified,
    status: device.available ? 'free' : null,
  };
}
