import { MisconfigurationError } from '../../errors/index.js';
import { listOf, type Rule, type Rules } from '../../errors/option-rules.js';
import { secureURL } from '../../provider-definition/secure-url.js';
import type { TokenRequestContext } from '../../provider-definition/token-request.js';
import type { TokenEndpoint } from '../client-authentication/authenticate-client.js';
import { createDiscovery, type DiscoveryOptions, type DiscoveryStart } from './discovery.js';

/** Where the token endpoint is: its URL, or where to find it. */
export type TokenEndpointOptions =
  | {
      /** The absolute URL of the token endpoint. */
      readonly tokenUrl: string;
      readonly issuer?: undefined;
      readonly protectedResource?: undefined;
      readonly issuers?: undefined;
    }
  | {
      /** The issuer, exactly as the authorization server writes it; its metadata names the token endpoint (RFC 8414, OpenID Connect Discovery). */
      readonly issuer: string;
      readonly tokenUrl?: undefined;
      readonly protectedResource?: undefined;
      readonly issuers?: undefined;
    }
  | {
      /** The URL of the API, which is called once without a token: its 401 and its metadata name the issuer (RFC 9728). */
      readonly protectedResource: string;
      /** The issuers that may get the client's credentials, since an API must not choose them freely. */
      readonly issuers: readonly string[];
      readonly tokenUrl?: undefined;
      readonly issuer?: undefined;
    };

const issuerURL: Rule = (url, beside) =>
  typeof url === 'string' && /[?#]/.test(url)
    ? { problem: 'has a query or a fragment', remedy: 'Remove it (RFC 8414, section 2).' }
    : secureURL(url, beside);

/** What these options may be. */
export const TOKEN_ENDPOINT_RULES: Rules<keyof TokenEndpointOptions> = {
  tokenUrl: secureURL,
  issuer: issuerURL,
  protectedResource: secureURL,
  issuers: listOf(issuerURL),
};

/** Returns the token endpoint, before each token call. */
export type FindEndpoint = (context: TokenRequestContext) => Promise<TokenEndpoint>;

/** The client that needs the token endpoint. */
type Seeker = Omit<DiscoveryOptions, 'start'>;

/**
 * @param options - checked by their rules
 * @throws {@link MisconfigurationError} unless exactly one place is given
 */
export function endpointFinder(options: TokenEndpointOptions, seeker: Seeker): FindEndpoint {
  const place = checkedPlace(options, seeker);
  return 'tokenUrl' in place
    ? () => Promise.resolve(place)
    : createDiscovery({ ...seeker, start: place });
}

function checkedPlace(
  { tokenUrl, issuer, protectedResource, issuers }: TokenEndpointOptions,
  { provider }: Seeker,
): { readonly tokenUrl: string } | DiscoveryStart {
  const fail = (option: string, problem: string, remedy: string): never => {
    throw new MisconfigurationError({ provider, option, problem, remedy });
  };
  const given = [tokenUrl, issuer, protectedResource].filter((value) => value !== undefined);
  if (given.length !== 1)
    return fail(
      'tokenUrl',
      given.length === 0 ? 'is missing' : 'and its alternatives cannot be combined',
      'Pass one of `tokenUrl`, `issuer`, and `protectedResource` with `issuers`.',
    );
  if (tokenUrl !== undefined) return { tokenUrl };
  if (issuer !== undefined) return { issuer };
  // JavaScript callers may leave it out.
  return ((issuers as readonly string[] | undefined) ?? []).length === 0
    ? fail('issuers', 'is missing', 'Name the issuers that may get the credentials.')
    : { protectedResource, issuers };
}
