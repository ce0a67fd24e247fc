/*
 * 360Learning users and courses.
 *
 * https://360learning.readme.io/docs/pagination, https://360learning.readme.io/docs/errors
 *
 * Documented: the paths, bare arrays, the fixed page of 500, `Link: <URL>; rel="next"` with an encoded `next`, the fields of
 * users and courses, the codes below, that `error` is an object here and a string for 401.
 * Hypothesis: what a missing `360-api-version` gets; a body that lacks `membership` (here `invalid_request`).
 */
import { json, type Answer } from './answers.js';
import { asObject, asText, objectBody } from './read-body.js';
import { route, type ApiPart, type Handler, type Route } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import type { TokenLedger } from './token-ledger.js';

/** A user as 360Learning returns it. */
export interface Learning360User {
  readonly _id: string;
  readonly status: 'active' | 'invited' | 'deleted';
  readonly lang: string;
  readonly mail?: string;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** Verbs about users and courses. */
export interface Learning360Catalogue {
  /** A user that exists from the start, for credentials that act for one. */
  readonly userId: string;
  /** The users, oldest first. */
  readonly users: readonly Learning360User[];
  /** Adds that many users, to fill pages. */
  addUsers(count: number): void;
  /** Sets the number of items on a page, documented as 500. */
  pageBy(items: number): void;
}

const PAGE_SIZE = 500;
const FIRST_USER_ID = objectId('a', 1);

/** Creates three users, two courses and the routes about them. */
export function createLearning360Catalogue(ledger: TokenLedger): ApiPart<Learning360Catalogue> {
  const users: Learning360User[] = [];
  let pageSize = PAGE_SIZE;
  reset();

  function reset(): void {
    users.length = 0;
    pageSize = PAGE_SIZE;
    addUsers(3);
  }

  function addUsers(count: number): void {
    for (let added = 0; added < count; added += 1) {
      const number = users.length + 1;
      addUser({
        mail: `user-${number}@example.invalid`,
        firstName: 'User',
        lastName: String(number),
      });
    }
  }

  function addUser(fields: Partial<Learning360User>): Learning360User {
    const user: Learning360User = {
      _id: objectId('a', users.length + 1),
      status: 'active',
      lang: 'en',
      ...fields,
    };
    users.push(user);
    return user;
  }

  function listUsers(request: SandboxRequest): Answer {
    return page(request, pageSize, (filters) => {
      const status = filters.get('status[eq]');
      const mail = filters.get('mail[eq]');
      return users.filter(
        (user) => (status ?? user.status) === user.status && (mail ?? user.mail) === user.mail,
      );
    });
  }

  function getUser(_request: SandboxRequest, { userId }: { readonly userId: string }): Answer {
    const user = users.find(({ _id }) => _id === userId);
    return user === undefined ? failure(404, 'userNotFound', 'User not found') : json(200, user);
  }

  /** The token itself says who "me" is. */
  function getMe(request: SandboxRequest): Answer {
    const userId = ledger.find(request.token ?? '')?.grant.user_id;
    if (userId === undefined) return failure(403, 'userNotAuthorized', 'The token is for no user');
    return getUser(request, { userId });
  }

  function createUser(request: SandboxRequest): Answer {
    const body = objectBody(request);
    const { groupId, role } = asObject(body.membership) ?? {};
    if (asText(groupId) === undefined || asText(role) === undefined) {
      return failure(400, 'invalid_request', 'membership is missing');
    }
    const mail = asText(body.mail);
    const username = asText(body.username);
    if (mail === undefined && username === undefined) {
      return failure(400, 'mailAndUsernameUndefined', 'mail or username is needed');
    }
    if (mail !== undefined && users.some((user) => user.mail === mail)) {
      return failure(400, 'mailAlreadyUsed', 'mail is taken');
    }
    const texts = ['mail', 'username', 'firstName', 'lastName', 'lang'].flatMap((name) => {
      const value = asText(body[name]);
      return value === undefined ? [] : [[name, value] as const];
    });
    return json(201, addUser({ ...Object.fromEntries(texts), status: 'invited' }));
  }

  const listCourses = (request: SandboxRequest) => page(request, pageSize, () => COURSES);

  function getCourse(
    _request: SandboxRequest,
    { courseId }: { readonly courseId: string },
  ): Answer {
    const course = COURSES.find(({ _id }) => _id === courseId);
    return course === undefined
      ? failure(404, 'courseNotFound', 'Course not found')
      : json(200, course);
  }

  return {
    routes: [
      versioned('GET', '/api/v2/users', listUsers),
      versioned('POST', '/api/v2/users', createUser),
      versioned('GET', '/api/v2/users/:userId', getUser),
      versioned('GET', '/api/v2/uaa/users/me', getMe),
      versioned('GET', '/api/v2/courses', listCourses),
      versioned('GET', '/api/v2/courses/:courseId', getCourse),
    ],
    verbs: {
      userId: FIRST_USER_ID,
      users,
      addUsers,
      pageBy(items) {
        pageSize = items;
      },
    },
    reset,
  };
}

/** A route that requires the version header, as all except the token endpoint do. */
function versioned<const Path extends string>(
  method: string,
  path: Path,
  answer: Handler<Path>,
): Route {
  return route(method, path, (request, params) =>
    request.headers['360-api-version'] === 'v2.0'
      ? answer(request, params)
      : json(400, { error: 'invalid_request' }),
  );
}

/**
 * One page, with the absolute URL of the next in `Link`. The cursor is the first request's query and the offset, encoded, so
 * it is self-contained.
 */
function page(
  request: SandboxRequest,
  pageSize: number,
  find: (filters: URLSearchParams) => readonly unknown[],
): Answer {
  const next = request.query.get('next');
  const filters =
    next === null ? request.query : new URLSearchParams(Buffer.from(next, 'base64url').toString());
  const offset = Number(filters.get(OFFSET) ?? 0);
  const end = offset + pageSize;
  const items = find(filters);
  if (end >= items.length) return json(200, items.slice(offset));
  filters.set(OFFSET, String(end));
  const cursor = Buffer.from(filters.toString()).toString('base64url');
  return json(200, items.slice(offset, end), {
    link: `<${request.origin}${request.path}?next=${cursor}>; rel="next"`,
  });
}

const OFFSET = 'offset';

function failure(status: number, code: string, message: string): Answer {
  return json(status, { error: { code, message } });
}

function objectId(kind: string, number: number): string {
  return kind + number.toString(16).padStart(23, '0');
}

const COURSES = [1, 2].map((number) => ({
  _id: objectId('c', number),
  name: `Course ${number}`,
  type: 'native',
  status: 'published',
  sourceLang: 'en',
  defaultLang: 'en',
  authorId: FIRST_USER_ID,
  groupId: objectId('b', 1),
  coAuthorIds: [],
  createdAt: '2025-01-01T00:00:00.000Z',
  modifiedAt: '2025-01-01T00:00:00.000Z',
  translations: [{ lang: 'en', published: true, translatorIds: [], translatedFields: {} }],
}));
