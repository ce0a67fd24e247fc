/*
 * Exotel Contact Center v4, on the sandbox's one Exotel server, with its own session tokens.
 *
 * https://developer.exotel.com/docs/contact-center-v4/api-reference/login
 * https://github.com/rahulkumar-exo/exotel-docs, docs/contact-center-v4/api-reference/
 *
 * Documented: the paths, the login's body and answer, the fields of users and callbacks, 201 for what was created, 409 for an
 * e-mail address already in use, the position inside `response` of the voice logs.
 * Hypothesis: the answers of both lists and of cancelling; the fields of a voice log; that a session lives for a day.
 */
import type { Answer } from './answers.js';
import { exotelData, exotelFailure, exotelSuccess } from './exotel-envelope.js';
import type { ProviderSetup } from './provider.js';
import { asText, objectBody } from './read-body.js';
import { route, withAccess, type Access, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** Verbs about Contact Center v4. */
export interface ExotelV4 {
  /** Makes every v4 session token invalid. */
  revokeSessions(): void;
}

type Fields = Record<string, unknown>;

const DAY_MS = 86_400_000;
const ACCOUNT = '/v4/accounts/:accountSid';
const USER_FIELDS = ['name', 'email', 'phone_number', 'role', 'team_id', 'device_type', 'skills'];

/** Creates an empty v4 contact centre and its routes. */
export function createExotelV4(
  { now }: ProviderSetup,
  isAccount: (account: { accountSid: unknown; apiKey: unknown; apiToken: unknown }) => boolean,
): ApiPart<ExotelV4> {
  const sessions = new Set<string>();
  const users = new Map<string, Fields>();
  const callbacks = new Map<string, Fields>();
  let made = 0;

  const iso = (at = now()) => new Date(at).toISOString();
  const newId = (kind: string) => `sandbox-${kind}-${(made += 1)}`;
  const withSession: Access = (request) =>
    request.token !== undefined && sessions.has(request.token)
      ? undefined
      : exotelFailure(request, 401, 1010, 'Authorization failed');

  function login(request: SandboxRequest): Answer {
    const { username, password, account_sid: accountSid } = objectBody(request);
    if (!isAccount({ accountSid, apiKey: username, apiToken: password })) {
      return exotelFailure(request, 401, 1010, 'Authorization failed');
    }
    const session = newId('session');
    sessions.add(session);
    return exotelData(request, {
      session_token: session,
      expires_at: iso(now() + DAY_MS),
      user: { user_id: 'sandbox-admin', name: 'Sandbox', role: 'admin' },
    });
  }

  function createUser(request: SandboxRequest): Answer {
    const body = objectBody(request);
    if (USER_FIELDS.slice(0, 4).some((field) => asText(body[field]) === undefined)) {
      return exotelFailure(request, 400, 1001, 'Mandatory parameter missing');
    }
    if ([...users.values()].some(({ email }) => email === body.email)) {
      return exotelFailure(request, 409, 10813, 'E-mail address is taken');
    }
    const userId = newId('user');
    const user = {
      user_id: userId,
      ...pick(body, USER_FIELDS),
      status: 'active',
      created_at: iso(),
    };
    users.set(userId, user);
    return exotelData(request, user, 201);
  }

  function createCallback(request: SandboxRequest): Answer {
    const body = objectBody(request);
    const number = asText(body.customer_number);
    if (number === undefined || asText(body.exophone) === undefined) {
      return exotelFailure(request, 400, 1001, 'Mandatory parameter missing');
    }
    const callbackId = newId('callback');
    const callback = {
      callback_id: callbackId,
      customer_number: number,
      status: 'scheduled',
      scheduled_time: body.scheduled_time ?? iso(),
      priority: body.priority ?? 'normal',
      created_at: iso(),
    };
    callbacks.set(callbackId, callback);
    return exotelData(request, callback, 201);
  }

  const found =
    (shelf: ReadonlyMap<string, Fields>, act: (request: SandboxRequest, one: Fields) => object) =>
    (request: SandboxRequest, { id }: { readonly id: string }): Answer => {
      const one = shelf.get(id);
      return one === undefined
        ? exotelFailure(request, 404, 1000, 'Resource not found')
        : exotelData(request, act(request, one));
    };

  return {
    routes: [
      route('POST', `${ACCOUNT}/login`, login, () => undefined),
      ...withAccess(withSession, [
        route('POST', `${ACCOUNT}/users`, createUser),
        route('GET', `${ACCOUNT}/users`, listOf(users, 'users')),
        route(
          'GET',
          `${ACCOUNT}/users/:id`,
          found(users, (_request, user) => user),
        ),
        route(
          'PUT',
          `${ACCOUNT}/users/:id`,
          found(users, (request, user) => {
            Object.assign(user, pick(objectBody(request), USER_FIELDS), { updated_at: iso() });
            return pick(user, ['user_id', 'name', 'role', 'updated_at']);
          }),
        ),
        route(
          'DELETE',
          `${ACCOUNT}/users/:id`,
          found(users, (_request, user) => {
            users.delete(String(user.user_id));
            return { user_id: user.user_id, deleted: true };
          }),
        ),
        route('POST', `${ACCOUNT}/callbacks`, createCallback),
        route('GET', `${ACCOUNT}/callbacks`, listOf(callbacks, 'callbacks')),
        route(
          'GET',
          `${ACCOUNT}/callbacks/:id`,
          found(callbacks, (_request, callback) => ({ ...callback, attempts: [] })),
        ),
        route(
          'PUT',
          `${ACCOUNT}/callbacks/:id`,
          found(callbacks, (request, callback) =>
            Object.assign(callback, { status: objectBody(request).status }),
          ),
        ),
        route('GET', `${ACCOUNT}/voicelogs`, noVoiceLogs),
      ]),
    ],
    verbs: { revokeSessions: () => sessions.clear() },
    reset() {
      sessions.clear();
      users.clear();
      callbacks.clear();
      made = 0;
    },
  };
}

function listOf(shelf: ReadonlyMap<string, Fields>, name: string) {
  return (request: SandboxRequest): Answer => exotelData(request, { [name]: [...shelf.values()] });
}

function noVoiceLogs(request: SandboxRequest): Answer {
  return exotelSuccess(request, 200, {
    code: 200,
    status: 'success',
    data: { voicelogs: [] },
    metadata: { total: 0, limit: 20, offset: 0, has_next: false },
  });
}

function pick(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Fields {
  return Object.fromEntries(
    names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
  );
}
