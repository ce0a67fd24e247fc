/**
 * Axios clients with bearer tokens: clients, token sources, provider definitions, events and errors.
 *
 * @module axios-bearer
 */
export {
  attachBearer,
  bearerOf,
  createProviderClient,
  type AttachableInstance,
  type AttachOptions,
  type BearerAttachment,
} from './axios/attach-bearer.js';
export type { ReplayHook } from './axios/attachment.js';
export { createTokenSource, type TokenSourceOptions } from './axios/create-token-source.js';
export type { BearerRequestOptions } from './axios/request-options.js';
export { whyNotReplayed, type ReplayRefusal } from './axios/replay-refusal.js';
export * from './errors/index.js';
export type { AcquiredToken, AcquireTokenContext } from './provider-definition/acquire-token.js';
export type {
  CredentialField,
  CredentialsContext,
  CredentialsFunction,
} from './provider-definition/credentials.js';
export {
  defineProvider,
  type CommonDefinition,
  type Provider,
  type ProviderDefinition,
  type ResourceRequest,
  type ResourceResponse,
  type TokenEndpointProvider,
  type TokenReceivedContext,
  type TokenFunctionDefinition,
  type TokenFunctionProvider,
} from './provider-definition/define-provider.js';
export type { ParsedDiagnosis, TokenFailureClass } from './provider-definition/token-failure.js';
export type {
  TokenRequest,
  TokenRequestBody,
  TokenRequestContext,
} from './provider-definition/token-request.js';
export type { ParsedToken, TokenResponse } from './provider-definition/token-response.js';
export type { SharedStore } from './sharing/shared-store.js';
export type { Clock } from './platform/clock.js';
export type {
  TokenSourceEventName,
  TokenSourceEvents,
  TokenSourceListener,
} from './token-source/events.js';
export {
  isTokenSource,
  type GetTokenOptions,
  type TokenSource,
} from './token-source/token-source.js';
export type { AccessToken } from './token/access-token.js';
export type {
  CoolDownCause,
  RefreshReason,
  RejectedSend,
  RejectionAnswer,
} from './token/lifecycle.js';
export type { TokenParams } from './token/token-params.js';
