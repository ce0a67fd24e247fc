import type { TokenEndpointProvider } from '../../src/provider-definition/define-provider.js';
import type { TokenIdentity } from '../../src/sharing/token-store.js';
import type { TokenParams } from '../../src/token/token-params.js';
import { tokenIdentity } from '../../src/sharing/identity.js';
import { sendingNothing } from '../provider-definition/answer.js';

/** The identity under which a token of this provider is shared. */
export async function identityOf<C extends object>(
  given: TokenEndpointProvider<C>,
  credentials: C,
  params: TokenParams = {},
  cacheIdentity?: string,
): Promise<TokenIdentity> {
  const provider = given as unknown as TokenEndpointProvider;
  const request = await provider.tokenRequest(credentials, params, sendingNothing);
  return tokenIdentity({ provider, credentials, params, request, cacheIdentity });
}
