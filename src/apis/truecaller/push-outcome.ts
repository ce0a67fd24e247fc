import { readStatusInfo } from './status-info.js';

/** Why a telephone shows nothing, in the order of the documents' list. */
export type TruecallerPushRefusal =
  'not-a-truecaller-user' | 'os-not-supported' | 'app-version-not-supported' | 'failed-to-push';

/** What became of a record that was pushed in real time. */
export type TruecallerPushOutcome =
  | { pushed: true; raw: unknown }
  /** The call can go out all the same; the telephone shows the usual caller id. */
  | { pushed: false; reason: TruecallerPushRefusal; message: string; raw: unknown };

/**
 * The documents name them in prose. What they call "Invalid input" is a fault of the request, and an error.
 *
 * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-reason-errors
 */
const REFUSALS: readonly (readonly [RegExp, TruecallerPushRefusal])[] = [
  [/^not a truecaller user/i, 'not-a-truecaller-user'],
  [/^os not supported/i, 'os-not-supported'],
  [/^app version not supported/i, 'app-version-not-supported'],
  [/^failed to push/i, 'failed-to-push'],
];

/** The documented reason that lies with the receiver's telephone, if it is one. @internal */
export function refusalIn(message: string | undefined): TruecallerPushRefusal | undefined {
  return REFUSALS.find(([words]) => words.test(message ?? ''))?.[1];
}

/**
 * Tells such a refusal, whatever HTTP status it comes with: which one is not documented.
 *
 * @internal
 */
export function isPushRefusal(body: unknown): boolean {
  const info = readStatusInfo(body);
  return info?.status === 'error' && refusalIn(info.message) !== undefined;
}

/** Reads an answer that is a success or such a refusal. @internal */
export function toPushOutcome(raw: unknown): TruecallerPushOutcome {
  const message = readStatusInfo(raw)?.message;
  const reason = isPushRefusal(raw) ? refusalIn(message) : undefined;
  if (reason === undefined || message === undefined) return { pushed: true, raw };
  return { pushed: false, reason, message, raw };
}
