/**
 * The test kit: the sandbox, a fake token endpoint, a fake clock, and for stores a contract suite and a chaos wrapper.
 *
 * @module axios-bearer/testing
 */
export { createFakeClock } from './fake-clock.js';
export type { AdvanceOptions, FakeClock, FakeClockOptions } from './fake-clock.js';
export { createFakeTokenEndpoint } from './fake-token-endpoint.js';
export type {
  FakeToken,
  FakeTokenEndpoint,
  FakeTokenEndpointOptions,
} from './fake-token-endpoint.js';
export type { FakeTokenCall } from './fake-token-call.js';
export { createSeededRandom } from './seeded-random.js';
export { startSandbox } from './sandbox/start-sandbox.js';
export type {
  Sandbox,
  SandboxControls,
  SandboxOptions,
  SandboxProviderName,
  SandboxProviders,
  SandboxServerName,
} from './sandbox/start-sandbox.js';
export {
  startSandboxUi,
  type SandboxUi,
  type SandboxUiOptions,
} from './sandbox-ui/start-sandbox-ui.js';
export type { SandboxProvider } from './sandbox/provider.js';
export type { SandboxRequest } from './sandbox/sandbox-request.js';
export type { SandboxEcho } from './sandbox/probe-routes.js';
export type { FaultAnswer, FaultSwitches, HeldRequest } from './sandbox/faults.js';
export type { TokenState, TokenSwitches } from './sandbox/token-ledger.js';
export type { LifetimeSwitches } from './sandbox/lifetime-notation.js';
export type { ExotelCredentials, ExotelSandbox } from './sandbox/exotel.js';
export type { ExotelCall, ExotelCallOutcome, ExotelCalls } from './sandbox/exotel-calls.js';
export type {
  ExotelCallsV3,
  ExotelCallV3,
  ExotelCallV3Outcome,
} from './sandbox/exotel-calls-v3.js';
export type {
  ExotelConfiguration,
  ExotelTenantCredentials,
} from './sandbox/exotel-configuration.js';
export type {
  ExotelContactRow,
  ExotelContactRowFailure,
  ExotelContacts,
  ExotelContactUpload,
} from './sandbox/exotel-contacts.js';
export type { ExotelUser, ExotelUserDevice, ExotelUsers } from './sandbox/exotel-users.js';
export type {
  ExotelAttemptOutcome,
  ExotelCallCampaign,
  ExotelCampaignCall,
  ExotelCampaigns,
  ExotelSmsCampaign,
} from './sandbox/exotel-campaigns.js';
export type {
  ExotelCampaignBook,
  ExotelCampaignContact,
  ExotelCampaignList,
} from './sandbox/exotel-campaign-lists.js';
export type {
  ExotelApplet,
  ExotelFlows,
  ExotelFlowStep,
  ExotelIncomingCall,
} from './sandbox/exotel-flows.js';
export type { ExotelV4 } from './sandbox/exotel-v4.js';
export type {
  ExotelEndedStatus,
  ExotelPastCall,
  ExotelVoice,
  ExotelVoiceCall,
} from './sandbox/exotel-voice.js';
export type { ExotelRecordings } from './sandbox/exotel-recordings.js';
export type { ExotelCallTiming, ExotelCallTimings } from './sandbox/exotel-call-timing.js';
export type { SentWebhook } from './sandbox/webhook-sender.js';
export type {
  ExotelAgent,
  ExotelAgentStatus,
  ExotelDeviceState,
  ExotelPresence,
} from './sandbox/exotel-presence.js';
export type {
  TruecallerCredentials,
  TruecallerSandbox,
  TruecallerWebhookCredentials,
} from './sandbox/truecaller.js';
export type { TruecallerCampaigns, TruecallerPayload } from './sandbox/truecaller-campaigns.js';
export type {
  TruecallerCallRecordPayload,
  TruecallerCallsCredentials,
  TruecallerCallsSandbox,
} from './sandbox/truecaller-calls.js';
export type {
  TruecallerCallMeBackNews,
  TruecallerCallMeBacks,
} from './sandbox/truecaller-call-me-back.js';
export type { TruecallerEvents, TruecallerNews } from './sandbox/truecaller-events.js';
export type { Learning360Credentials, Learning360Sandbox } from './sandbox/learning360.js';
export type { Learning360Catalogue, Learning360User } from './sandbox/learning360-catalogue.js';
export type { SingleviewCredentials, SingleviewSandbox } from './sandbox/singleview.js';
export type {
  Udara360Credentials,
  Udara360ExpirationUnit,
  Udara360Sandbox,
} from './sandbox/udara360.js';
export type { Udara360Banking, Udara360Transfer } from './sandbox/udara360-banking.js';
export type { OAuth2Credentials, OAuth2Sandbox } from './sandbox/oauth2.js';
export type { Clock } from '../platform/clock.js';
export {
  describeStoreContract,
  storeContractChecks,
  type StoreContractCheck,
  type StoreContractSubject,
  type TestRunner,
} from './store-contract.js';
export {
  createChaosStore,
  type ChaosStore,
  type ChaosStoreOptions,
  type ChaosSwitches,
  type HeldOperation,
  type StoreOperation,
} from './chaos-store.js';
