/**
 * OAuth 2.0 for any authorization server: the client authenticates by secret, signed assertion or certificate; the grants that need no
 * browser; discovery of the token endpoint; tokens from files; DPoP.
 *
 * @module axios-bearer/oauth
 */
export { oauth2, type OAuth2Options } from './oauth2.js';
export type { TokenEndpointOptions } from './discovery/find-endpoint.js';
export type {
  Client,
  ClientAuthentication,
  ClientSecretJwt,
  PrivateKeyJwt,
  ReadyClientAssertion,
} from './client-authentication/authenticate-client.js';
export type { DPoPOptions, ProofKeyPair } from './dpop/proof-key.js';
export type { AssertionOptions } from './assertion.js';
export type {
  ClientCredentialsGrant,
  Grant,
  JwtBearerGrant,
  RefreshTokenGrant,
  SignedJwtBearerGrant,
  TokenExchangeGrant,
  TokenType,
} from './grants.js';
export type { SigningAlgorithm } from './signing/key-facts.js';
export type {
  PrivateCryptoKey,
  PrivateJWK,
  SignFunction,
  SigningKeyOptions,
} from './signing/signing-key.js';
export type { TextSource } from './text-source.js';
export { tokenFromFile } from './token-from-file.js';
export {
  createUserTokens,
  type UserCredentials,
  type UserTokens,
  type UserTokensOptions,
} from './user-tokens/create-user-tokens.js';
export type { RefreshTokenStorage } from './user-tokens/refresh-tokens.js';
export { LoginRequiredError, type LoginRequiredDetails } from './login-required-error.js';
