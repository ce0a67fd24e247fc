import { isObject } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { checkOptions } from '../errors/check-options.js';
import {
  isBearerError,
  MisconfigurationError,
  TokenAcquisitionError,
  type BearerError,
} from '../errors/index.js';
import {
  flag,
  required,
  text,
  textOr,
  wholeNumber,
  type Fault,
  type Rules,
} from '../errors/option-rules.js';
import type { TokenParams } from '../token/token-params.js';

/** What a credentials function is called with. */
export interface CredentialsContext {
  /** The caller's parameters for the token; empty if there are none. */
  readonly params: TokenParams;
  /** Aborts when the refresh gives up, after `flightTimeoutMs` at the latest. */
  readonly signal: AbortSignal;
}

/** Fetches the credentials, for instance from a vault. Called before each token call, so a rotated secret is picked up. */
export type CredentialsFunction<C extends object> = (context: CredentialsContext) => C | Promise<C>;

/** The rules for one credential. */
export interface CredentialField {
  /** A secret is never shown anywhere. It is part of the identity under which a token is shared. @defaultValue false */
  readonly secret?: boolean;
  /** Whether it may be left out. @defaultValue false */
  readonly optional?: boolean;
  /** The maximum length in characters, from the provider's documentation. @defaultValue no limit */
  readonly maxLength?: number;
  /**
   * Made fresh for each token call, such as a signed assertion or a one-time password, so it does not identify the account.
   * Needs a credentials function, and with a shared store a `cacheIdentity`. @defaultValue false
   */
  readonly perCall?: boolean;
  /** Where to find it in the provider's console. Shown when it is missing. */
  readonly hint?: string;
}

const FIELD_RULES: Rules<keyof CredentialField> = {
  secret: flag,
  optional: flag,
  maxLength: wholeNumber(1),
  perCall: flag,
  hint: text,
};

/** The part of a provider definition that is about credentials. */
interface Fields {
  readonly name: string;
  readonly credentialFields: object;
}

/** A provider with `acquireToken` has no credential fields. */
interface MaybeFields {
  readonly credentialFields?: object | undefined;
}

/**
 * Refuses a mistyped rule: with `secrets` instead of `secret`, a secret would be treated as public.
 *
 * @throws {@link MisconfigurationError} naming the rule
 */
export function checkFieldRules({ name, credentialFields }: Fields): void {
  for (const [field, rules] of Object.entries(credentialFields) as [string, object][]) {
    const path = `credentialFields.${field}.`;
    checkOptions(givenOptions(rules), FIELD_RULES, { of: 'a credential', provider: name, path });
  }
}

/**
 * Refuses fixed credentials if one of the fields is `perCall`.
 *
 * @throws {@link MisconfigurationError} naming the field
 */
export function checkPerCallFields(provider: Fields, credentials: unknown): void {
  if (typeof credentials === 'function') return;
  const [field] = perCallFields(provider);
  if (field === undefined) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: `credentialFields.${field}.perCall`,
    problem: 'needs a credentials function, and the credentials are a fixed object',
    remedy: 'Pass `credentials` as a function.',
  });
}

/** The names of the `perCall` credentials. */
export function perCallFields({ credentialFields = {} }: MaybeFields): readonly string[] {
  return fieldsOf({ credentialFields })
    .filter(([, rules]) => givenOptions(rules).perCall === true)
    .map(([field]) => field);
}

function fieldsOf({ credentialFields }: Pick<Fields, 'credentialFields'>) {
  return Object.entries(credentialFields as Readonly<Record<string, CredentialField>>);
}

/**
 * The credentials that identify the account, sorted by name: without `perCall` fields and without `undefined`.
 */
export function accountCredentials(
  provider: MaybeFields,
  credentials: object,
): readonly (readonly [name: string, value: unknown])[] {
  const fresh = perCallFields(provider);
  return Object.entries(credentials)
    .filter(([name, value]) => value !== undefined && !fresh.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Calls a credentials function.
 *
 * @throws {@link TokenAcquisitionError} if it throws; what it threw is the `cause`
 */
export async function callCredentials(
  provider: string,
  credentials: unknown,
  context: CredentialsContext,
): Promise<unknown> {
  try {
    return await (credentials as CredentialsFunction<object>)(context);
  } catch (cause) {
    throw unavailable(provider, CREDENTIALS_FUNCTION, 'threw. See the cause.', cause);
  }
}

/** Its name in error messages. */
export const CREDENTIALS_FUNCTION = 'could not get the credentials: the credentials function';

/**
 * The error when a function of a definition fails. The next request calls the function again.
 *
 * What it threw is the cause. An error of this library, for instance that a user has to log in, is returned unchanged.
 */
export function unavailable(
  provider: string,
  what: string,
  whatItDid: string,
  cause?: unknown,
): BearerError {
  if (isBearerError(cause)) return cause;
  return new TokenAcquisitionError(
    'ERR_CREDENTIALS_UNAVAILABLE',
    `${provider}: ${what} ${whatItDid}`,
    { provider, phase: 'credentials', retryable: true, cause },
  );
}

/**
 * Checks credentials against the provider's fields.
 *
 * @throws {@link MisconfigurationError} naming the credential
 */
export function checkedCredentials(provider: Fields, credentials: unknown): object {
  const fail = (option: string, { problem, remedy }: Fault): never => {
    throw new MisconfigurationError({ provider: provider.name, option, problem, remedy });
  };
  if (!isObject(credentials)) {
    return fail('credentials', {
      problem: 'are not an object',
      remedy: 'Return an object with one property per credential.',
    });
  }
  const given = givenOptions(credentials) as Record<string, unknown>;
  for (const [field, described] of fieldsOf(provider)) {
    const value = given[field];
    const { hint, maxLength, optional } = givenOptions(described);
    const remedy = hint ?? 'Check where the credentials come from.';
    const judge = optional === true ? textOr(remedy) : required(textOr(remedy));
    const fault = judge(value, given);
    if (fault) return fail(field, fault);
    if (maxLength !== undefined && String(value).length > maxLength)
      return fail(field, { problem: `is longer than ${maxLength} characters`, remedy });
  }
  return credentials;
}
