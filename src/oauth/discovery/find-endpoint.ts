import { MisconfigurationError } from '../../errors/index.js';
import { checkedOrigin } from '../../provider-definition/define-provider.js';
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

/** Returns the token endpoint, before each token call. */
export type FindEndpoint = (context: TokenRequestContext) => Promise<TokenEndpoint>;

/** The client that needs the token endpoint. */
type Seeker = Omit<DiscoveryOptions, 'start'>;

/** @throws {@link MisconfigurationError} unless exactly one place is given; for plain http, or a malformed issuer */
export function endpointFinder(options: TokenEndpointOptions, seeker: Seeker): FindEndpoint {
  const place = checkedPlace(options, seeker);
  return 'tokenUrl' in place
    ? () => Promise.resolve(place)
    : createDiscovery({ ...seeker, start: place });
}

function checkedPlace(
  { tokenUrl, issuer, protectedResource, issuers }: TokenEndpointOptions,
  { provider, allowInsecureHttp }: Seeker,
): { readonly tokenUrl: string } | DiscoveryStart {
  const fail = (option: string, problem: string, remedy: string): never => {
    throw new MisconfigurationError({ provider, option, problem, remedy });
  };
  const check = (option: string, url: string) => {
    checkedOrigin({ name: provider, allowInsecureHttp }, option, url);
  };
  const checkIssuer = (option: string, url: string) => {
    check(option, url);
    if (/[?#]/.test(url))
      fail(option, 'has a query or a fragment', 'Remove it (RFC 8414, section 2).');
  };
  const given = [tokenUrl, issuer, protectedResource].filter((value) => value !== undefined);
  if (given.length !== 1)
    return fail(
      'tokenUrl',
      given.length === 0 ? 'is missing' : 'and its alternatives cannot be combined',
      'Pass one of `tokenUrl`, `issuer`, and `protectedResource` with `issuers`.',
    );
  if (tokenUrl !== undefined) {
    check('tokenUrl', tokenUrl);
    return { tokenUrl };
  }
  if (issuer !== undefined) {
    checkIssuer('issuer', issuer);
    return { issuer };
  }
  check('protectedResource', protectedResource);
  if (!Array.isArray(issuers) || issuers.length === 0)
    return fail('issuers', 'is missing', 'Name the issuers that may get the credentials.');
  for (const url of issuers as readonly string[]) checkIssuer('issuers', url);
  return { protectedResource, issuers };
}
