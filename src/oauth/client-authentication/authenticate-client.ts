import { read } from '../../concealment/any-object.js';
import { givenOptions } from '../../concealment/given-options.js';
import { checkOptions } from '../../errors/check-options.js';
import { MisconfigurationError } from '../../errors/index.js';
import type { Rules } from '../../errors/option-rules.js';
import { basicAuthorization } from '../../platform/basic-authorization.js';
import { systemClock } from '../../platform/clock.js';
import { utf8Bytes } from '../../platform/utf8.js';
import { clientSecretBasic } from '../../token-call/client-authentication.js';
import { ASSERTION_RULES, assertionClaims, type AssertionOptions } from '../assertion.js';
import { secretSigner } from '../signing/secret-signer.js';
import type { OptionPlace } from '../signing/option-place.js';
import {
  SIGNING_KEY_RULES,
  signingKey,
  type SigningKey,
  type SigningKeyOptions,
} from '../signing/signing-key.js';
import { checkedText, textOf, type TextSource } from '../text-source.js';

/** `client_secret_jwt`: an assertion signed with the client secret, HS256 (OpenID Connect Core, section 9). */
export interface ClientSecretJwt extends AssertionOptions {
  readonly method: 'client_secret_jwt';
}

/** `private_key_jwt`: an assertion signed with a private key (RFC 7523, section 2.2; OpenID Connect Core, section 9). */
export interface PrivateKeyJwt extends AssertionOptions, SigningKeyOptions {
  readonly method: 'private_key_jwt';
  readonly assertion?: undefined;
}

/** `private_key_jwt` with an assertion signed elsewhere, such as the token of a workload. */
export interface ReadyClientAssertion {
  readonly method: 'private_key_jwt';
  /** The assertion, or a function that gets one before each token call, such as {@link tokenFromFile}. */
  readonly assertion: TextSource;
  readonly key?: undefined;
}

/**
 * How a client authenticates at the token endpoint, by registered name.
 *
 * - `client_secret_basic`: HTTP Basic (RFC 6749, section 2.3.1); `client_secret_basic_interop` leaves out the form encoding that the
 *   RFC requires, for servers that do not decode it
 * - `client_secret_post`: the secret in the body
 * - `client_secret_jwt`, `private_key_jwt`: a signed assertion
 * - `tls_client_auth`: the certificate of the connection, set on the agent in `transport` (RFC 8705)
 * - `none`: the client id alone, or nothing
 */
export type ClientAuthentication =
  | 'client_secret_basic'
  | 'client_secret_basic_interop'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'tls_client_auth'
  | 'none'
  | ClientSecretJwt
  | PrivateKeyJwt
  | ReadyClientAssertion;

/** The registered name of a method; `client_secret_basic_interop` is ours. */
export type ClientAuthenticationMethod = Extract<ClientAuthentication, string> | 'private_key_jwt';

/** The token endpoint at which a client authenticates. */
export interface TokenEndpoint {
  readonly tokenUrl: string;
  /** The issuer, if known: assertions then have it as their audience. */
  readonly issuer?: string | undefined;
  /** The time by the server's clock, in epoch milliseconds. @defaultValue this machine's time */
  readonly nowMs?: number | undefined;
}

/** What a client adds to a request. */
export interface AuthenticatedClient {
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
}

/** The client that authenticates. */
export interface Client {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
}

/** A checked way to authenticate, for any client. */
export interface ClientAuthenticator {
  readonly method: ClientAuthenticationMethod;
  /** Whether the client needs a secret. */
  readonly usesSecret: boolean;
  /** Whether each request has a different proof. */
  readonly isPerCall: boolean;
  /** The algorithm of the assertion that it signs. */
  readonly algorithm?: string;
  /** @throws {@link MisconfigurationError} if the client lacks what the method needs */
  authenticate(client: Client, endpoint: TokenEndpoint): Promise<AuthenticatedClient>;
}

/** RFC 7518, section 3.2: "A key of the same size as the hash output […] or larger MUST be used". */
const LEAST_HS256_BYTES = 32;

/** @throws {@link MisconfigurationError} naming what is missing, or given but not used */
export function checkClient(
  { clientId, clientSecret }: Client,
  { method, usesSecret, algorithm }: ClientAuthenticator,
  provider: string,
): void {
  const fail = (option: string, problem: string, remedy: string): never => {
    throw new MisconfigurationError({ provider, option, problem, remedy });
  };
  if (clientId === undefined && method !== 'none')
    fail('clientId', 'is missing', `Pass the id of the client; ${method} needs it.`);
  if (usesSecret && clientSecret === undefined)
    fail('clientSecret', 'is missing', `Pass it, or choose another clientAuthentication.`);
  if (!usesSecret && clientSecret !== undefined)
    fail('clientSecret', `is given, but ${method} does not send it`, 'Leave it out.');
  if (algorithm === 'HS256' && utf8Bytes(clientSecret ?? '').length < LEAST_HS256_BYTES)
    fail(
      'clientSecret',
      `is shorter than the ${LEAST_HS256_BYTES} bytes that ${method} needs`,
      'Get a longer one, or choose another clientAuthentication.',
    );
}

/** Checks a way to authenticate. @throws {@link MisconfigurationError} naming the option, never a key */
export function clientAuthenticator(
  given: ClientAuthentication = 'client_secret_basic',
  provider: string,
): ClientAuthenticator {
  const method = typeof given === 'string' ? given : read(given, 'method');
  const create = Object.hasOwn(METHODS, String(method))
    ? METHODS[method as ClientAuthenticationMethod]
    : undefined;
  if (create === undefined)
    throw new MisconfigurationError({
      provider,
      option: 'clientAuthentication',
      problem: 'is not a known method',
      remedy: `Use one of: ${Object.keys(METHODS).join(', ')}.`,
    });
  const options = typeof given === 'string' ? { method: given } : givenOptions(given);
  return create(options as never, { provider, path: 'clientAuthentication' });
}

const withSecret = { usesSecret: true, isPerCall: false };

const METHODS: {
  readonly [Method in ClientAuthenticationMethod]: (
    options: Extract<ClientAuthentication, { method: Method }>,
    place: OptionPlace,
  ) => ClientAuthenticator;
} = {
  client_secret_basic: () => basic('client_secret_basic', clientSecretBasic),
  client_secret_basic_interop: () => basic('client_secret_basic_interop', basicAuthorization),
  client_secret_post: () => ({
    method: 'client_secret_post',
    ...withSecret,
    authenticate: ({ clientId = '', clientSecret = '' }) =>
      Promise.resolve({ fields: { client_id: clientId, client_secret: clientSecret } }),
  }),
  client_secret_jwt: withClientSecretJwt,
  private_key_jwt: (options, place) =>
    options.assertion === undefined
      ? withPrivateKey(options, place)
      : withReadyAssertion(options, place),
  tls_client_auth: () => idAlone('tls_client_auth'),
  none: () => idAlone('none'),
};

function basic(
  method: 'client_secret_basic' | 'client_secret_basic_interop',
  encode: (clientId: string, clientSecret: string) => string,
): ClientAuthenticator {
  return {
    method,
    ...withSecret,
    authenticate: ({ clientId = '', clientSecret = '' }) =>
      Promise.resolve({ headers: { Authorization: encode(clientId, clientSecret) } }),
  };
}

function idAlone(method: 'none' | 'tls_client_auth'): ClientAuthenticator {
  return {
    method,
    usesSecret: false,
    isPerCall: false,
    authenticate: ({ clientId }) =>
      Promise.resolve(clientId === undefined ? {} : { fields: { client_id: clientId } }),
  };
}

function withClientSecretJwt(options: ClientSecretJwt, place: OptionPlace): ClientAuthenticator {
  check(options, ASSERTION_RULES, place);
  return {
    method: 'client_secret_jwt',
    usesSecret: true,
    isPerCall: true,
    algorithm: 'HS256',
    authenticate: ({ clientId = '', clientSecret = '' }, endpoint) =>
      asserted(clientId, options, endpoint, secretSigner(clientSecret)),
  };
}

function withPrivateKey(options: PrivateKeyJwt, place: OptionPlace): ClientAuthenticator {
  check(options, { ...ASSERTION_RULES, ...SIGNING_KEY_RULES }, place);
  const key = signingKey(options, place);
  return {
    method: 'private_key_jwt',
    usesSecret: false,
    isPerCall: true,
    algorithm: key.algorithm,
    authenticate: ({ clientId = '' }, endpoint) => asserted(clientId, options, endpoint, key.sign),
  };
}

function withReadyAssertion(
  { assertion, ...options }: ReadyClientAssertion,
  place: OptionPlace,
): ClientAuthenticator {
  check(options, {}, place);
  const source = checkedText(assertion, 'assertion', place);
  return {
    method: 'private_key_jwt',
    usesSecret: false,
    isPerCall: true,
    authenticate: async ({ clientId = '' }) =>
      withAssertion(clientId, await textOf(source, 'assertion', place)),
  };
}

async function asserted(
  clientId: string,
  options: AssertionOptions,
  { tokenUrl, issuer, nowMs = systemClock.now() }: TokenEndpoint,
  sign: SigningKey['sign'],
): Promise<AuthenticatedClient> {
  const who = { iss: clientId, sub: clientId, aud: options.audience ?? issuer ?? tokenUrl };
  const claims = assertionClaims(who, options, nowMs);
  return withAssertion(clientId, await sign(claims, nowMs));
}

/** @see https://www.rfc-editor.org/rfc/rfc7521#section-4.2 */
function withAssertion(clientId: string, assertion: string): AuthenticatedClient {
  return {
    fields: {
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    },
  };
}

function check(options: object, rules: Rules, { provider, path }: OptionPlace): void {
  checkOptions(
    options,
    { method: undefined, ...rules },
    { of: 'this method', provider, path: `${path}.` },
  );
}
