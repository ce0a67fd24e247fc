import * as v from 'valibot';
import { filledText, oneOf, pathId, somethingToChange, wholeNumber } from '../../input-fields.js';
import type { PhoneFields } from '../../phone-numbers.js';
import { validateInput } from '../../validate-input.js';
import { asRecord, textOf, textsIn } from '../../wire-values.js';
import { acknowledgementIn, type ExotelAcknowledgement } from '../acknowledgement.js';
import type { ExotelAnswer, ExotelClient } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions } from '../exotel-options.js';
import { parseExotelTime } from '../exotel-time.js';
import type { OpenWord } from '../../open-word.js';

const ROLES = ['agent', 'supervisor', 'admin'] as const;

/** A user of Contact Center v4. `team`, `device` and `stats` have no documented shape, and stay in `raw`. */
export interface ExotelV4User {
  userId: string;
  name: string | undefined;
  email: string | undefined;
  phoneNumber: string | undefined;
  role: OpenWord<(typeof ROLES)[number]> | undefined;
  status: string | undefined;
  skills: readonly string[];
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
}

/** A user to create. */
export interface ExotelV4CreateUserInput {
  name: string;
  email: string;
  /** E.164. */
  phoneNumber: string;
  role: (typeof ROLES)[number];
  teamId?: string | undefined;
  deviceType?: 'softphone' | 'phone' | 'sip' | undefined;
  skills?: readonly string[] | undefined;
}

/** What to change about a user. */
export type ExotelV4UpdateUserInput = {
  [Field in keyof ExotelV4CreateUserInput]?: ExotelV4CreateUserInput[Field] | undefined;
};

/** Which users to list. */
export interface ExotelV4UserQuery {
  role?: (typeof ROLES)[number] | undefined;
  teamId?: string | undefined;
  status?: string | undefined;
  /** @defaultValue left to Exotel: 20 */
  limit?: number | undefined;
  offset?: number | undefined;
}

/** One user, and the full answer. */
export interface ExotelV4UserAnswer {
  user: ExotelV4User;
  requestId: string | undefined;
  raw: unknown;
}

/**
 * Users of Contact Center v4. Auth: the session token, which the instance attaches.
 *
 * @throws What every call throws: {@link ExotelV4Api}.
 * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center-v4/api-reference/manage-users.mdx
 */
export interface ExotelV4Users {
  /** Creates a user. After a time-out the user may exist; a second attempt is then answered `email-conflict` (409). */
  create(
    input: ExotelV4CreateUserInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelV4UserAnswer>;
  /** Lists users. The answer's body is not documented: it is returned as it came. */
  list(query?: ExotelV4UserQuery, options?: ExotelBasicOnlyOptions): Promise<ExotelAcknowledgement>;
  /**
   * One user.
   *
   * @throws ExotelApiError when Exotel refuses: 404 for an unknown user.
   */
  get(userId: string, options?: ExotelBasicOnlyOptions): Promise<ExotelV4UserAnswer>;
  /**
   * Changes any of the fields that `create` takes; the answer holds only the id, the name and the role.
   *
   * @throws ExotelApiError when Exotel refuses: 404 for an unknown user.
   */
  update(
    userId: string,
    changes: ExotelV4UpdateUserInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelV4UserAnswer>;
  /**
   * Deletes a user.
   *
   * @throws ExotelApiError when Exotel refuses: 404 for an unknown user.
   */
  delete(userId: string, options?: ExotelBasicOnlyOptions): Promise<ExotelAcknowledgement>;
}

const email = v.pipe(v.string('must be a string'), v.email('must be an e-mail address'));
const optionalFields = {
  teamId: v.optional(filledText),
  deviceType: v.optional(oneOf(['softphone', 'phone', 'sip'])),
  skills: v.optional(v.array(filledText)),
};
const createSchemaOf = ({ e164 }: PhoneFields) =>
  v.strictObject({
    name: filledText,
    email,
    phoneNumber: e164,
    role: oneOf(ROLES),
    ...optionalFields,
  });
const updateSchemaOf = ({ e164 }: PhoneFields) =>
  v.pipe(
    v.strictObject({
      name: v.optional(filledText),
      email: v.optional(email),
      phoneNumber: v.optional(e164),
      role: v.optional(oneOf(ROLES)),
      ...optionalFields,
    }),
    somethingToChange(),
  );
const querySchema = v.strictObject({
  role: v.optional(oneOf(ROLES)),
  teamId: v.optional(filledText),
  status: v.optional(filledText),
  limit: v.optional(wholeNumber(1)),
  offset: v.optional(wholeNumber(0)),
});

/** @internal */
export function createV4Users(client: ExotelClient): ExotelV4Users {
  const createSchema = createSchemaOf(client.options.phones);
  const updateSchema = updateSchemaOf(client.options.phones);
  const userPath = (userId: string, operation: string) =>
    client.path('v4', 'users', validateInput(pathId, userId, { api: 'exotel', operation }));
  const shared = { fixedAuth: 'bearer', host: 'ccm' } as const;

  const oneUser = (answer: ExotelAnswer): ExotelV4UserAnswer => {
    const data = asRecord(asRecord(answer.body)?.response)?.data;
    const user = parseV4User(data, client.options.zonelessOffset);
    if (user === undefined) throw answer.unexpected('The response has no user.');
    return { user, requestId: answer.requestId, raw: answer.body };
  };

  return {
    async create(input, options) {
      const operation = 'v4.users.create';
      const body = toBody(validateInput(createSchema, input, { api: 'exotel', operation }));
      const path = client.path('v4', 'users');
      return oneUser(
        await client.send({ ...shared, operation, method: 'POST', path, body }, options),
      );
    },

    async list(query, options) {
      const operation = 'v4.users.list';
      const asked = validateInput(querySchema, query ?? {}, { api: 'exotel', operation });
      const { teamId, ...same } = asked;
      const answer = await client.send(
        {
          ...shared,
          operation,
          method: 'GET',
          path: client.path('v4', 'users'),
          query: { ...same, team_id: teamId },
        },
        options,
      );
      return acknowledgementIn(answer);
    },

    async get(userId, options) {
      const operation = 'v4.users.get';
      const path = userPath(userId, operation);
      return oneUser(await client.send({ ...shared, operation, method: 'GET', path }, options));
    },

    async update(userId, changes, options) {
      const operation = 'v4.users.update';
      const path = userPath(userId, operation);
      const body = toBody(validateInput(updateSchema, changes, { api: 'exotel', operation }));
      return oneUser(
        await client.send({ ...shared, operation, method: 'PUT', path, body }, options),
      );
    },

    async delete(userId, options) {
      const operation = 'v4.users.delete';
      const path = userPath(userId, operation);
      const answer = await client.send({ ...shared, operation, method: 'DELETE', path }, options);
      return acknowledgementIn(answer);
    },
  };
}

function toBody(user: ExotelV4UpdateUserInput) {
  const { name, email: address, phoneNumber, role, teamId, deviceType, skills } = user;
  return {
    ...{ name, email: address, phone_number: phoneNumber, role },
    ...{ team_id: teamId, device_type: deviceType, skills },
  };
}

function parseV4User(value: unknown, zonelessOffset: string): ExotelV4User | undefined {
  const user = asRecord(value);
  const userId = textOf(user?.user_id);
  if (user === undefined || userId === undefined) return undefined;
  return {
    userId,
    name: textOf(user.name),
    email: textOf(user.email),
    phoneNumber: textOf(user.phone_number),
    role: textOf(user.role),
    status: textOf(user.status),
    skills: textsIn(user.skills),
    createdTime: parseExotelTime(user.created_at, zonelessOffset),
    updatedTime: parseExotelTime(user.updated_at, zonelessOffset),
  };
}
