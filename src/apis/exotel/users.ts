import * as v from 'valibot';
import { filledText, oneOf, pathId, somethingToChange, wholeNumber } from '../input-fields.js';
import type { PhoneFields } from '../phone-numbers.js';
import { validateInput } from '../validate-input.js';
import { asRecord, numberOf } from '../wire-values.js';
import { acknowledgementIn, type ExotelAcknowledgement } from './acknowledgement.js';
import type { ExotelAnswer, ExotelClient } from './exotel-client.js';
import type { ExotelIterateOptions, ExotelRequestOptions } from './exotel-options.js';
import { iteratePages, parsePosition, type ExotelPage } from './pages.js';
import { parseUser, singleData, type ExotelUser } from './user-records.js';

/** Which users to list, and which extra fields. */
export interface ExotelUserQuery {
  /** What to add to each user. */
  fields?: readonly ('devices' | 'active_call' | 'last_login')[] | undefined;
  /** Only users with one of these devices: E.164 or `sip:`. */
  deviceContactUris?: readonly string[] | undefined;
  email?: string | undefined;
  /** @defaultValue 0 */
  offset?: number | undefined;
  /** From 1 to 50. @defaultValue left to Exotel: 20 */
  limit?: number | undefined;
}

/** One page of users. */
export interface ExotelUserPage extends ExotelPage<ExotelUser> {
  /** How many are on this page, as the API counts them. */
  count: number | undefined;
}

/** A user to create. */
export interface ExotelCreateUserInput {
  /** 3 to 20 characters: letters, digits and `. ' -`. */
  firstName: string;
  /** 3 to 20 characters: letters, digits and `. ' -`. */
  lastName: string;
  /** Unique in the account. */
  email?: string | undefined;
  /** E.164. The docs call it conditional; Exotel answers code 1402 if it is needed. */
  deviceContactUri?: string | undefined;
  deviceName?: string | undefined;
  /** @defaultValue left to Exotel: `user` */
  role?: 'admin' | 'supervisor' | 'user' | undefined;
}

/** What to change about a user. */
export interface ExotelUpdateUserInput {
  firstName?: string | undefined;
  lastName?: string | undefined;
  /** Only if it was never set. */
  email?: string | undefined;
}

/** One user, and the full answer. */
export interface ExotelUserAnswer {
  user: ExotelUser;
  requestId: string | undefined;
  raw: unknown;
}

/**
 * Users of the account. Auth: Basic by default, the only scheme that their pages show.
 *
 * @throws What every call throws: {@link ExotelApi}.
 * @see https://developer.exotel.com/docs/users/overview
 */
export interface ExotelUsers {
  /**
   * One page of users.
   *
   * @throws ExotelApiError when Exotel refuses, even for one item of the page.
   */
  list(query?: ExotelUserQuery, options?: ExotelRequestOptions): Promise<ExotelUserPage>;

  /** Every user that the query finds; pages are fetched as needed. Throws as `list` does. */
  iterate(
    query?: ExotelUserQuery,
    options?: ExotelIterateOptions,
  ): AsyncGenerator<ExotelUser, void, undefined>;

  /**
   * One user.
   *
   * @throws ExotelApiError when Exotel refuses: `user-not-found`.
   */
  get(userId: string, options?: ExotelRequestOptions): Promise<ExotelUserAnswer>;

  /**
   * Creates a user. After a time-out the user may exist; a second attempt is then answered `email-conflict` or
   * `device-exists`.
   *
   * @throws ExotelApiError when Exotel refuses: `device-exists`, `email-conflict`, `kyc-incomplete`, `trial-limit`.
   */
  create(input: ExotelCreateUserInput, options?: ExotelRequestOptions): Promise<ExotelUserAnswer>;

  /** Changes names, or sets the e-mail address once. */
  update(
    userId: string,
    changes: ExotelUpdateUserInput,
    options?: ExotelRequestOptions,
  ): Promise<ExotelUserAnswer>;

  /**
   * Deletes a user.
   *
   * @throws ExotelApiError when Exotel refuses: `user-not-found`.
   */
  delete(userId: string, options?: ExotelRequestOptions): Promise<ExotelAcknowledgement>;
}

const personName = v.pipe(
  v.string('must be a string'),
  v.regex(
    /^[\p{L}\p{M}\p{N}.'-]{3,20}$/u,
    "must have 3 to 20 characters: letters, digits and . ' -",
  ),
);
const emailAddress = v.pipe(v.string('must be a string'), v.email('must be an e-mail address'));

const querySchema = v.strictObject({
  fields: v.optional(v.array(oneOf(['devices', 'active_call', 'last_login']))),
  deviceContactUris: v.optional(v.array(filledText)),
  email: v.optional(filledText),
  offset: v.optional(wholeNumber(0)),
  limit: v.optional(wholeNumber(1, 50)),
});

const createSchemaOf = ({ e164 }: PhoneFields) =>
  v.strictObject({
    firstName: personName,
    lastName: personName,
    email: v.optional(emailAddress),
    deviceContactUri: v.optional(e164),
    deviceName: v.optional(filledText),
    role: v.optional(oneOf(['admin', 'supervisor', 'user'])),
  });

const updateSchema = v.pipe(
  v.strictObject({
    firstName: v.optional(personName),
    lastName: v.optional(personName),
    email: v.optional(emailAddress),
  }),
  somethingToChange('must have something to change: firstName, lastName or email'),
);

/** @internal */
export function createUsers(client: ExotelClient): ExotelUsers {
  const createSchema = createSchemaOf(client.options.phones);
  const { zonelessOffset } = client.options;

  async function list(
    query: ExotelUserQuery | undefined,
    options: ExotelRequestOptions | undefined,
  ): Promise<ExotelUserPage> {
    const operation = 'users.list';
    const asked = validateInput(querySchema, query ?? {}, { api: 'exotel', operation });
    const answer = await client.send(
      {
        operation,
        method: 'GET',
        host: 'ccm',
        path: client.path('v2', 'users'),
        query: {
          fields: asked.fields?.join(','),
          // The + of E.164 has to arrive as %2B; a bare + is read as a space.
          'devices.contact_uri': asked.deviceContactUris?.join(','),
          email: asked.email,
          offset: asked.offset,
          limit: asked.limit,
        },
        budget: 'users',
      },
      options,
    );
    const page = parseUserPage(answer, zonelessOffset);
    if (page === undefined) throw answer.unexpected('The response has no list of users.');
    return page;
  }

  const oneUser = (answer: ExotelAnswer): ExotelUserAnswer => {
    const user = parseUser(singleData(answer.body), zonelessOffset);
    if (user === undefined) throw answer.unexpected('The response has no user.');
    return { user, requestId: answer.requestId, raw: answer.body };
  };

  return {
    list,

    iterate: (query, options) => iteratePages(list, query, options),

    async get(userId, options) {
      const operation = 'users.get';
      const path = userPath(client, userId, operation);
      return oneUser(
        await client.send(
          { operation, method: 'GET', host: 'ccm', path, budget: 'users' },
          options,
        ),
      );
    },

    async create(input, options) {
      const operation = 'users.create';
      const user = validateInput(createSchema, input, { api: 'exotel', operation });
      return oneUser(
        await client.send(
          {
            operation,
            method: 'POST',
            host: 'ccm',
            path: client.path('v2', 'users'),
            body: {
              ...toNames(user),
              device_contact_uri: user.deviceContactUri,
              device_name: user.deviceName,
              role: user.role,
            },
            budget: 'users',
          },
          options,
        ),
      );
    },

    async update(userId, changes, options) {
      const operation = 'users.update';
      const path = userPath(client, userId, operation);
      const body = toNames(validateInput(updateSchema, changes, { api: 'exotel', operation }));
      return oneUser(
        await client.send(
          { operation, method: 'PUT', host: 'ccm', path, body, budget: 'users' },
          options,
        ),
      );
    },

    async delete(userId, options) {
      const operation = 'users.delete';
      const path = userPath(client, userId, operation);
      return acknowledgementIn(
        await client.send(
          { operation, method: 'DELETE', host: 'ccm', path, budget: 'users' },
          options,
        ),
      );
    },
  };
}

function userPath(client: ExotelClient, userId: string, operation: string): string {
  return client.path('v2', 'users', validateInput(pathId, userId, { api: 'exotel', operation }));
}

function toNames(names: ExotelUpdateUserInput) {
  return { first_name: names.firstName, last_name: names.lastName, email: names.email };
}

function parseUserPage(answer: ExotelAnswer, zonelessOffset: string): ExotelUserPage | undefined {
  const outer = asRecord(answer.body);
  if (!Array.isArray(outer?.response)) return undefined;
  const items = outer.response.map((item: unknown) =>
    parseUser(asRecord(item)?.data, zonelessOffset),
  );
  return {
    items: items.filter((user) => user !== undefined),
    received: items.length,
    ...parsePosition(answer.body),
    count: numberOf(asRecord(outer.metadata)?.count),
    requestId: answer.requestId,
    raw: answer.body,
  };
}
