export { BearerError, type BearerErrorCode } from './bearer-error.js';
export { isBearerError, type BearerErrorByCode } from './is-bearer-error.js';
export { MisconfigurationError } from './misconfiguration-error.js';
export { OriginNotAllowedError } from './origin-not-allowed-error.js';
export {
  CredentialsRejectedError,
  TokenAcquisitionError,
  type AcquisitionPhase,
  type OAuthErrorFields,
  type ProviderDiagnosis,
  type TokenAcquisitionDetails,
} from './token-acquisition-error.js';
export { TokenSourceClosedError } from './token-source-closed-error.js';
export { TokenStoreError } from './token-store-error.js';
export { TokenWaitTimeoutError } from './token-wait-timeout-error.js';
