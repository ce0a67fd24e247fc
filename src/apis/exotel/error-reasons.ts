/**
 * What an {@link ExotelApiError} means: one word for each way that a caller may react.
 *
 * `agent-*` and `device-*` are business states: nothing is broken, and sending the request again at once will not help.
 */
export type ExotelErrorReason =
  | 'bad-request'
  | 'authentication-failed'
  | 'plan-or-usage'
  | 'not-authorised'
  | 'kyc-incomplete'
  | 'trial-limit'
  | 'not-found'
  | 'user-not-found'
  | 'virtual-number-not-found'
  | 'call-not-found'
  | 'tenant-not-found'
  | 'agent-device-off'
  | 'agent-device-unverified'
  | 'agent-device-busy'
  | 'device-exists'
  | 'device-unverified'
  | 'device-not-pstn'
  | 'other-device-on'
  | 'email-conflict'
  | 'duplicate'
  | 'conflict'
  | 'file-expired'
  | 'file-too-large'
  | 'unsupported-content-type'
  | 'rate-limited'
  | 'server-error'
  | 'unexpected-body'
  | 'unknown';

/**
 * Exotel's own codes.
 *
 * @see https://developer.exotel.com/docs/voice-api/api-reference/make-a-call — 1010, 1012, 1100, 10705, 10706, 10716, 10731
 * @see https://developer.exotel.com/docs/users/overview — 1401, 1402, 1004, 108xx
 * @see https://github.com/exotel/exotel-vsip-trunk-Configuration-API — 1000 to 1003, 1007, 1008, 1011
 * @see https://developer.exotel.com/docs/voice-v3/overview — the codes of call legs: 1017, 10744, 10724, 10715, 10743
 */
const REASONS_BY_CODE: Readonly<Record<string, ExotelErrorReason>> = Object.freeze({
  1000: 'not-found',
  1001: 'bad-request',
  1002: 'bad-request',
  1003: 'not-authorised',
  1004: 'server-error',
  1007: 'bad-request',
  1008: 'duplicate',
  1010: 'authentication-failed',
  1011: 'unsupported-content-type',
  1012: 'agent-device-off',
  1017: 'tenant-not-found',
  1100: 'server-error',
  1401: 'bad-request',
  1402: 'bad-request',
  10705: 'agent-device-unverified',
  10706: 'agent-device-busy',
  10715: 'server-error',
  10716: 'virtual-number-not-found',
  10724: 'rate-limited',
  10731: 'user-not-found',
  10743: 'server-error',
  10744: 'call-not-found',
  10801: 'user-not-found',
  10809: 'device-unverified',
  10810: 'other-device-on',
  10811: 'device-exists',
  10812: 'device-exists',
  10813: 'email-conflict',
  10814: 'kyc-incomplete',
  10815: 'trial-limit',
  10817: 'device-not-pstn',
  RATE_LIMIT_EXCEEDED: 'rate-limited',
});

/** @see https://developer.exotel.com/api/http-status-codes */
const REASONS_BY_STATUS: Readonly<Record<number, ExotelErrorReason>> = Object.freeze({
  400: 'bad-request',
  401: 'authentication-failed',
  402: 'plan-or-usage',
  403: 'not-authorised',
  404: 'not-found',
  409: 'conflict',
  410: 'file-expired',
  413: 'file-too-large',
  415: 'unsupported-content-type',
  429: 'rate-limited',
});

const REMEDIES: Partial<Record<ExotelErrorReason, string>> = Object.freeze({
  'authentication-failed':
    'Check that credentials, account and region belong together: the wrong region also answers 401.',
  'agent-device-off': 'The agent has to switch the device on first.',
  'agent-device-unverified': 'The agent has to verify the device first.',
  'agent-device-busy': 'Try again when the agent is free (see presence.get).',
  'rate-limited': 'Wait for retryAfterMs if it is set, or set a rateLimiter.',
});

/** These statuses say more than the general codes (1000 to 1011) that may come with them. */
const PLAIN_STATUSES: readonly number[] = [402, 410, 413, 415, 429];

/** Exotel's code decides, except for statuses that speak for themselves; without a known code, the status does. */
export function toReason(status: number, code: string | number | undefined): ExotelErrorReason {
  const byStatus = REASONS_BY_STATUS[status] ?? (status >= 500 ? 'server-error' : 'unknown');
  if (code === undefined || PLAIN_STATUSES.includes(status)) return byStatus;
  return REASONS_BY_CODE[String(code)] ?? byStatus;
}

/** What to try, for reasons that do not say it themselves. */
export function remedyFor(reason: ExotelErrorReason): string | undefined {
  return REMEDIES[reason];
}
