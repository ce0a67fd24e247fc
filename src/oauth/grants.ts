import { givenOptions } from '../concealment/given-options.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { assertionClaims, checkedLifetime } from './assertion.js';
import type { TokenEndpoint } from './client-authentication/authenticate-client.js';
import { misconfigured, type OptionPlace } from './signing/option-place.js';
import { SIGNING_KEY_OPTIONS, signingKey, type SigningKeyOptions } from './signing/signing-key.js';
import { checkedText, textOf, type TextSource } from './text-source.js';

/** The client acts for itself (RFC 6749, section 4.4). */
export interface ClientCredentialsGrant {
  readonly type: 'client_credentials';
}

/** A JWT for the account, signed elsewhere (RFC 7523, section 2.1). */
export interface JwtBearerGrant {
  readonly type: 'jwt-bearer';
  /** The assertion, or a function that gets one before each token call, such as {@link tokenFromFile}. */
  readonly assertion: TextSource;
  readonly key?: undefined;
}

/** A JWT for the account, signed here, as for service accounts (RFC 7523, section 2.1). */
export interface SignedJwtBearerGrant extends SigningKeyOptions {
  readonly type: 'jwt-bearer';
  readonly assertion?: undefined;
  /**
   * The claims of the assertion, as the server's documentation requires them. `iat`, `exp` and `jti` are added for each token call.
   *
   * @defaultValue `iss` is the client id; `aud` is the issuer if discovery found it, otherwise the URL of the token endpoint
   */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** Puts the scope into the assertion instead of the request, as Google requires. @defaultValue false */
  readonly scopeInClaims?: boolean | undefined;
  /** How long an assertion is valid, in seconds. @defaultValue 60 */
  readonly lifetimeSeconds?: number | undefined;
}

/** The short name of a registered token type, or a URI. */
export type TokenType =
  'access_token' | 'refresh_token' | 'id_token' | 'saml1' | 'saml2' | 'jwt' | `${string}:${string}`;

/** One token is exchanged for another (RFC 8693). `audience`, `resource` and `scope` are options of the provider. */
export interface TokenExchangeGrant {
  readonly type: 'token-exchange';
  /** The token to exchange, or a function that gets it before each token call, such as {@link tokenFromFile}. */
  readonly subjectToken: TextSource;
  readonly subjectTokenType: TokenType;
  /** The token of the party that acts for the subject. @defaultValue none */
  readonly actorToken?: TextSource | undefined;
  /** Required with `actorToken`. */
  readonly actorTokenType?: TokenType | undefined;
  /** @defaultValue the server's choice */
  readonly requestedTokenType?: TokenType | undefined;
}

/**
 * One fixed refresh token (RFC 6749, section 6), for a server that does not rotate it. For users, and for refresh tokens that
 * rotate, use `createUserTokens`.
 */
export interface RefreshTokenGrant {
  readonly type: 'refresh_token';
  /** The refresh token, or a function that gets it before each token call. */
  readonly refreshToken: TextSource;
}

/** How a token is requested. */
export type Grant =
  | ClientCredentialsGrant
  | JwtBearerGrant
  | SignedJwtBearerGrant
  | TokenExchangeGrant
  | RefreshTokenGrant;

/** What the fields of a grant are made from. */
export interface GrantRequest {
  readonly endpoint: TokenEndpoint & { readonly nowMs: number };
  readonly clientId: string | undefined;
  readonly scope: string | undefined;
}

/** A checked grant. */
export interface ResolvedGrant {
  /** Fixed secrets by the path of their option: part of the identity of a shared token. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Fields that differ from call to call. */
  readonly perCall: readonly string[];
  /** Whether the client has to authenticate by default. */
  readonly needsClient: boolean;
  readonly scopeInClaims: boolean;
  /** What to do about `invalid_grant`. */
  readonly advice: string;
  /** The fields of one token request. */
  fields(request: GrantRequest): Promise<Readonly<Record<string, string>>>;
}

const URN = 'urn:ietf:params:oauth';
const TYPES = ['client_credentials', 'jwt-bearer', 'token-exchange', 'refresh_token'];

/** @throws {@link MisconfigurationError} naming the option, never a token or a key */
export function resolveGrant(
  given: Grant = { type: 'client_credentials' },
  provider: string,
): ResolvedGrant {
  const grant = givenOptions(Object(given) as Grant);
  const place = { provider, path: 'grant' };
  const checkNames = (...known: string[]) =>
    refuseUnknownOptions(grant, ['type', ...known], { of: 'this grant', provider, path: 'grant.' });
  switch (grant.type) {
    case 'client_credentials':
      checkNames();
      return {
        ...PLAIN,
        needsClient: true,
        advice: 'Check the credentials.',
        fields: () => Promise.resolve({ grant_type: 'client_credentials' }),
      };
    case 'jwt-bearer':
      if (grant.assertion === undefined) {
        checkNames(...SIGNED_OPTIONS);
        return signedJwtBearer(grant, place);
      }
      checkNames('assertion');
      return fromTexts(place, [['assertion', 'assertion', grant.assertion]], {
        advice: 'Check the assertion: who it is from and for, and when it expires.',
        fixed: { grant_type: `${URN}:grant-type:jwt-bearer` },
      });
    case 'token-exchange':
      checkNames(...EXCHANGE_OPTIONS);
      return tokenExchange(grant, place);
    case 'refresh_token':
      checkNames('refreshToken');
      return fromTexts(place, [['refreshToken', 'refresh_token', grant.refreshToken]], {
        advice:
          'The refresh token has expired or was revoked: get a new one by logging in again. If the server rotates refresh tokens, use createUserTokens.',
        fixed: { grant_type: 'refresh_token' },
      });
    default:
      throw new MisconfigurationError({
        provider,
        option: 'grant.type',
        problem: 'is not a known grant',
        remedy: `Use one of: ${TYPES.join(', ')}.`,
      });
  }
}

const PLAIN = { secrets: {}, perCall: [], needsClient: false, scopeInClaims: false };
const SIGNED_OPTIONS = [
  ...SIGNING_KEY_OPTIONS,
  ...['claims', 'scopeInClaims', 'lifetimeSeconds', 'assertion'],
];
const EXCHANGE_OPTIONS = [
  ...['subjectToken', 'subjectTokenType', 'actorToken', 'actorTokenType'],
  'requestedTokenType',
];

function signedJwtBearer(grant: SignedJwtBearerGrant, place: OptionPlace): ResolvedGrant {
  checkedLifetime(grant, place);
  const key = signingKey(grant, place);
  const { claims = {}, scopeInClaims = false } = grant;
  return {
    ...PLAIN,
    perCall: ['assertion'],
    scopeInClaims,
    advice: 'Check the claims, the key and its id, and whether the account may use this client.',
    fields: async ({ endpoint: { tokenUrl, issuer, nowMs }, clientId, scope }) => {
      const who = { iss: clientId, aud: issuer ?? tokenUrl, ...(scopeInClaims && { scope }) };
      const full = assertionClaims({ ...who, ...claims }, grant, nowMs);
      if (full['iss'] === undefined)
        throw misconfigured(place, 'claims.iss', 'is missing', 'Pass it, or a clientId.');
      return {
        grant_type: `${URN}:grant-type:jwt-bearer`,
        assertion: await key.sign(full, nowMs),
      };
    },
  };
}

function tokenExchange(grant: TokenExchangeGrant, place: OptionPlace): ResolvedGrant {
  const { subjectToken, actorToken } = grant;
  const texts: Text[] = [['subjectToken', 'subject_token', subjectToken]];
  if (actorToken !== undefined) texts.push(['actorToken', 'actor_token', actorToken]);
  const uriOf = (option: 'subjectTokenType' | 'actorTokenType' | 'requestedTokenType') => {
    const given: unknown = grant[option];
    if (typeof given === 'string' && given.includes(':')) return given;
    if (SHORT_TYPES.includes(given as TokenType)) return `${URN}:token-type:${String(given)}`;
    throw misconfigured(
      place,
      option,
      given === undefined ? 'is missing' : 'is not a token type',
      `Use one of ${SHORT_TYPES.join(', ')}, or a URI.`,
    );
  };
  return fromTexts(place, texts, {
    advice: 'Check the subject token: whether it has expired, and whether it may be exchanged.',
    fixed: {
      grant_type: `${URN}:grant-type:token-exchange`,
      subject_token_type: uriOf('subjectTokenType'),
      ...(actorToken !== undefined && { actor_token_type: uriOf('actorTokenType') }),
      ...(grant.requestedTokenType !== undefined && {
        requested_token_type: uriOf('requestedTokenType'),
      }),
    },
  });
}

const SHORT_TYPES: readonly TokenType[] = [
  ...(['access_token', 'refresh_token', 'id_token', 'saml1', 'saml2', 'jwt'] as const),
];

type Text = readonly [option: string, field: string, source: TextSource];

/** A grant whose fields are texts: fixed ones identify the account, the others are read before each call. */
function fromTexts(
  place: OptionPlace,
  texts: readonly Text[],
  { advice, fixed }: { readonly advice: string; readonly fixed: Readonly<Record<string, string>> },
): ResolvedGrant {
  const secrets: Record<string, string> = {};
  const perCall: string[] = [];
  for (const [option, field, source] of texts) {
    const checked = checkedText(source, option, place);
    if (typeof checked === 'string') secrets[`${place.path}.${option}`] = checked;
    else perCall.push(field);
  }
  return {
    ...PLAIN,
    secrets,
    perCall,
    advice,
    fields: async () => {
      const fields: Record<string, string> = { ...fixed };
      for (const [option, field, source] of texts)
        fields[field] = await textOf(source, option, place);
      return fields;
    },
  };
}
