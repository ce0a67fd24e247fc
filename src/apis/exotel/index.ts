/**
 * Exotel’s call APIs, typed, over any authorised axios instance.
 *
 * @module axios-bearer/exotel
 */
export type { ApiInstance } from '../api-instance.js';
export type { ApiAnswerError } from '../api-answer-error.js';
export type { ApiErrorResponse } from '../error-response.js';
export { ApiInputError, isApiInputError } from '../api-input-error.js';
export { ApiPayloadError, isApiPayloadError } from '../api-payload-error.js';
export type { CountryCode } from '../calling-codes.js';
export { createExotelApi, type ExotelApi } from './exotel-api.js';
export { exotelAuthSchemes } from './auth-schemes.js';
export type {
  ExotelApiOptions,
  ExotelAuthScheme,
  ExotelBasicCredentials,
  ExotelBasicOnlyOptions,
  ExotelHosts,
  ExotelIterateOptions,
  ExotelRegion,
  ExotelRequestOptions,
  ExotelTenantCredentials,
  ExotelWire,
  ExotelWireChoices,
} from './exotel-options.js';
export {
  ExotelApiError,
  isAgentUnavailable,
  isExotelApiError,
  type ExotelItemFailure,
  type ExotelRateLimitState,
} from './exotel-error.js';
export type { ExotelErrorReason } from './error-reasons.js';
export {
  createExotelRateLimiter,
  type ExotelBudget,
  type ExotelRateLimiter,
  type ExotelRateLimiterOptions,
} from './rate-limiter.js';
export type { OpenWord } from '../open-word.js';
export type { ExotelPage } from './pages.js';
export { cursorOf } from './list-cursor.js';
export { toCsv } from '../csv.js';
export { indianDay } from './exotel-time.js';
export type { ExotelWaited, ExotelWaitLimits, ExotelWaitState } from './wait-for-call.js';
export type { ExotelVoiceIterateOptions } from './voice-pages.js';
export type { ExotelAgentParty, ExotelCustomerParty } from './call-parties.js';
export type {
  ExotelCallFrom,
  ExotelCreateCallInput,
  ExotelCreateCallV3Input,
  ExotelStatusCallback,
} from './call-input.js';
export {
  parseCallDetails,
  type ExotelCallDetails,
  type ExotelCallOutcome,
  type ExotelCallState,
} from './call-details.js';
export { parseMadeCall, type ExotelMadeCall } from './made-call.js';
export type { ExotelCallList, ExotelCalls } from './calls.js';
export type { ExotelCallsV3, ExotelVoiceLogQuery } from './calls-v3.js';
export type { ExotelCallLeg, ExotelCallLegs } from './call-legs.js';
export type { ExotelActiveCall, ExotelActiveCalls } from './active-calls.js';
export type { ExotelVoiceLog } from './voice-log.js';
export type { ExotelVoice, ExotelVoiceQuery } from './voice.js';
export type {
  ExotelDownloadOptions,
  ExotelRecording,
  ExotelRecordingBody,
  ExotelRecordingPlace,
} from './recording.js';
export type { ExotelVoiceCall, ExotelVoiceLeg, ExotelVoiceStatus } from './voice-call.js';
export type {
  ExotelConnectFlowInput,
  ExotelConnectNumbersInput,
  ExotelConnectOptions,
  ExotelVoiceCallbackRequest,
} from './voice-connect.js';
export type {
  ExotelTimeRange,
  ExotelVoiceCursor,
  ExotelVoiceListQuery,
  ExotelVoicePage,
} from './voice-list.js';
export type { ExotelAcknowledgement } from './acknowledgement.js';
export type {
  ExotelAgentPresence,
  ExotelPresence,
  ExotelPresenceOfOne,
  ExotelPresencePage,
  ExotelPresenceQuery,
  ExotelPresenceStatus,
  ExotelPresenceSummary,
} from './presence.js';
export { toContactsCsv, type ExotelContact } from './contacts-csv.js';
export type {
  ExotelContactRowError,
  ExotelContacts,
  ExotelContactUpload,
  ExotelContactUploadErrors,
  ExotelContactUploadInput,
  ExotelContactUploadStatus,
} from './contacts.js';
export type { ExotelDevice, ExotelUser } from './user-records.js';
export type {
  ExotelCreateUserInput,
  ExotelUpdateUserInput,
  ExotelUserAnswer,
  ExotelUserPage,
  ExotelUserQuery,
  ExotelUsers,
} from './users.js';
export type { ExotelDeviceAnswer, ExotelDevices, ExotelUpdateDeviceInput } from './devices.js';
export type {
  ExotelAssignUsersInput,
  ExotelCampaignPlace,
  ExotelConfiguration,
  ExotelLeadUsersQuery,
  ExotelProcessQuery,
} from './configuration.js';
export type {
  ExotelCampaign,
  ExotelCampaignLead,
  ExotelLeadUsers,
  ExotelProcess,
} from './configuration-records.js';
export { parseCcmCallback, type ExotelCcmCallback } from './ccm-callback.js';
export {
  parseVoiceCallback,
  type ExotelVoiceCallback,
  type ExotelVoiceCallbackOptions,
} from './voice-callback.js';
export { createExotelV4Api, type ExotelV4Api, type ExotelV4ApiOptions } from './v4/v4-api.js';
export type {
  ExotelV4CreateUserInput,
  ExotelV4UpdateUserInput,
  ExotelV4User,
  ExotelV4UserAnswer,
  ExotelV4UserQuery,
  ExotelV4Users,
} from './v4/v4-users.js';
export type {
  ExotelV4Callback,
  ExotelV4CallbackAnswer,
  ExotelV4CallbackAttempt,
  ExotelV4CallbackQuery,
  ExotelV4Callbacks,
  ExotelV4CreateCallbackInput,
} from './v4/v4-callbacks.js';
export type {
  ExotelV4VoiceLogAnswer,
  ExotelV4VoiceLogPage,
  ExotelV4VoiceLogQuery,
  ExotelV4VoiceLogs,
} from './v4/v4-voice-logs.js';
export type {
  ExotelCampaignAction,
  ExotelCampaignActions,
  ExotelCampaignCallQuery,
  ExotelCampaignQuery,
  ExotelCampaignRetries,
  ExotelCampaigns,
  ExotelCampaignSettings,
  ExotelCreateCampaignInput,
  ExotelUpdateCampaignInput,
} from './campaigns/campaigns.js';
export type {
  ExotelCallCampaign,
  ExotelCampaignCall,
  ExotelCampaignCallStatus,
  ExotelCampaignStats,
  ExotelCampaignStatus,
} from './campaigns/campaign-records.js';
export type {
  ExotelBulkAnswer,
  ExotelBulkRow,
  ExotelBulkRules,
  ExotelDeletableRecords,
  ExotelRecordQuery,
  ExotelRecords,
} from './campaigns/resource.js';
export type {
  ExotelCampaignMessage,
  ExotelCampaignMessageQuery,
  ExotelCreateSmsCampaignInput,
  ExotelSmsCampaign,
  ExotelSmsCampaignQuery,
  ExotelSmsCampaigns,
  ExotelSmsCampaignStatus,
} from './campaigns/sms-campaigns.js';
export type {
  ExotelCampaignCsv,
  ExotelCampaignCsvUpload,
  ExotelCampaignList,
  ExotelCampaignListInput,
  ExotelCampaignLists,
  ExotelListContactsQuery,
} from './campaigns/campaign-lists.js';
export type {
  ExotelCampaignContact,
  ExotelCampaignContactChange,
  ExotelCampaignContactFields,
  ExotelCampaignContactInput,
  ExotelCampaignContactQuery,
  ExotelCampaignContacts,
} from './campaigns/campaign-contacts.js';
export {
  parseCampaignCallback,
  type ExotelCampaignCallback,
  type ExotelCampaignNews,
} from './campaigns/campaign-callback.js';
export {
  parseFlowRequest,
  type ExotelFlowRequest,
  type ExotelFlowRequestOptions,
  type ExotelFlowStream,
} from './flows/flow-request.js';
export {
  toConnectAnswer,
  toDialWhomAnswer,
  toGatherAnswer,
  toPassthruAnswer,
  toSwitchAnswer,
  type ExotelConnectAnswerInput,
  type ExotelFlowAnswer,
  type ExotelGatherAnswerInput,
} from './flows/flow-answers.js';
export { parseHeartbeat, type ExotelHeartbeat } from './flows/heartbeat.js';
export type {
  ExotelAvailableQuery,
  ExotelConnectivity,
  ExotelExoPhone,
  ExotelExoPhoneHealth,
  ExotelExoPhones,
  ExotelExoPhoneSettings,
} from './account/exo-phones.js';
export type { ExotelAccount, ExotelBalance, ExotelNumberMetadata } from './account/account.js';
export type { ExotelAnyAnswer, ExotelAnyRequest } from './account/any-request.js';
