/**
 * Truecaller’s campaign and call APIs, typed, over any authorised axios instance.
 *
 * @module axios-bearer/truecaller
 */
export { ApiInputError, isApiInputError } from '../api-input-error.js';
export { ApiPayloadError, isApiPayloadError } from '../api-payload-error.js';
export { toCsv } from '../csv.js';
export type { CountryCode } from '../calling-codes.js';
export type { ApiInstance } from '../api-instance.js';
export { createTruecallerApi, type TruecallerApi } from './truecaller-api.js';
export type {
  TruecallerApiOptions,
  TruecallerRequestOptions,
  TruecallerWebhookCredentials,
} from './truecaller-options.js';
export { TruecallerApiError, isTruecallerApiError } from './truecaller-error.js';
export type {
  TruecallerCampaigns,
  TruecallerExit,
  TruecallerTriggerInput,
  TruecallerUpload,
} from './campaigns.js';
export type { TruecallerBatch, TruecallerUploadOptions } from './upload.js';
export type { TruecallerRow } from './upload-rows.js';
export { TruecallerUploadError, isTruecallerUploadError } from './upload-error.js';
export type { TruecallerReceipt } from './truecaller-client.js';
export type { TruecallerEntry } from './entry.js';
export {
  mandatoryContentFields,
  type TruecallerContent,
  type TruecallerDisplayUnit,
  type TruecallerTemplate,
} from './content.js';
export {
  hashReceiverNumber,
  isHashedReceiver,
  toReceiverNumber,
  type ReceiverNumberOptions,
} from './receiver-number.js';
export { parseTruecallerEvent, type TruecallerEvent } from './event.js';
export {
  createTruecallerCallsApi,
  type TruecallerCallsApi,
  type TruecallerCallsApiOptions,
} from './truecaller-calls-api.js';
export type { TruecallerCallBatchReceipt, TruecallerCallRecords } from './call-records.js';
export type { TruecallerCallRecord } from './call-record-input.js';
export type { TruecallerPushOutcome, TruecallerPushRefusal } from './push-outcome.js';
export type { TruecallerBatchRecord, TruecallerCallBatch } from './call-batch.js';
export {
  createTruecallerRateLimiter,
  type TruecallerBudget,
  type TruecallerRateLimiter,
  type TruecallerRateLimiterOptions,
} from './rate-limiter.js';
export {
  parseTruecallerCallEvent,
  type TruecallerCallEvent,
  type TruecallerCallMeBack,
} from './call-event.js';
