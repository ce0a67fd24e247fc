import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { checkOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { flag, record, required, rule, seconds, type Rules } from '../errors/option-rules.js';
import { assertionClaims } from './assertion.js';
import type { TokenEndpoint } from './client-authentication/authenticate-client.js';
import { misconfigured, type OptionPlace } from './signing/option-place.js';
import { SIGNING_KEY_RULES, signingKey, type SigningKeyOptions } from './signing/signing-key.js';
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
  const check = (rules: Rules) =>
    checkOptions(
      grant,
      { type: undefined, ...rules },
      { of: 'this grant', provider, path: 'grant.' },
    );
  switch (grant.type) {
    case 'client_credentials':
      check({});
      return {
        ...PLAIN,
        needsClient: true,
        advice: 'Check clientId, and what the client authenticates with.',
        fields: () => Promise.resolve({ grant_type: 'client_credentials' }),
      };
    case 'jwt-bearer':
      if (grant.assertion === undefined) {
        check(SIGNED_RULES);
        return signedJwtBearer(grant, place);
      }
      check({ assertion: undefined });
      return fromTexts(place, [['assertion', 'assertion', grant.assertion]], {
        advice: 'Check the assertion: who it is from and for, and when it expires.',
        fixed: { grant_type: `${URN}:grant-type:jwt-bearer` },
      });
    case 'token-exchange':
      check(EXCHANGE_RULES);
      return tokenExchange(grant, place);
    case 'refresh_token':
      check({ refreshToken: undefined });
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
const SIGNED_RULES: Rules<keyof SignedJwtBearerGrant> = {
  ...{ type: undefined, assertion: undefined },
  ...SIGNING_KEY_RULES,
  claims: record,
  scopeInClaims: flag,
  lifetimeSeconds: seconds,
};
const SHORT_TYPES = ['access_token', 'refresh_token', 'id_token', 'saml1', 'saml2', 'jwt'];
const tokenType = rule(
  (type) => typeof type === 'string' && (type.includes(':') || SHORT_TYPES.includes(type)),
  'is not a token type',
  `Use one of ${SHORT_TYPES.join(', ')}, or a URI.`,
);
const EXCHANGE_RULES: Rules<keyof TokenExchangeGrant> = {
  ...{ type: undefined, subjectToken: undefined },
  subjectTokenType: required(tokenType),
  // A delegation must not become an impersonation because a variable is not set.
  actorToken: (token, { actorTokenType }: { readonly actorTokenType?: unknown }) =>
    token === undefined && actorTokenType !== undefined
      ? { problem: 'is missing', remedy: 'Pass it, or leave actorTokenType out.' }
      : undefined,
  actorTokenType: (type, beside) =>
    (read(beside, 'actorToken') === undefined ? tokenType : required(tokenType))(type, beside),
  requestedTokenType: tokenType,
};

function signedJwtBearer(grant: SignedJwtBearerGrant, place: OptionPlace): ResolvedGrant {
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
  return fromTexts(place, texts, {
    advice: 'Check the subject token: whether it has expired, and whether it may be exchanged.',
    fixed: {
      grant_type: `${URN}:grant-type:token-exchange`,
      subject_token_type: uriOf(grant.subjectTokenType),
      ...(actorToken !== undefined && { actor_token_type: uriOf(grant.actorTokenType) }),
      ...(grant.requestedTokenType !== undefined && {
        requested_token_type: uriOf(grant.requestedTokenType),
      }),
    },
  });
}

function uriOf(type: TokenType | undefined): string {
  return String(type).includes(':') ? String(type) : `${URN}:token-type:${String(type)}`;
}

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
