import { readStatusInfo, type TruecallerStatusInfo } from './status-info.js';

/** Why a telephone shows nothing, in the order of the docs' list. */
export type TruecallerPushRefusal =
  'not-a-truecaller-user' | 'os-not-supported' | 'app-version-not-supported' | 'failed-to-push';

/** The outcome of a record that was pushed in real time. */
export type TruecallerPushOutcome =
  | { pushed: true; raw: unknown }
  /** The call can still go out; the telephone shows the usual caller id. */
  | { pushed: false; reason: TruecallerPushRefusal; message: string; raw: unknown };

/**
 * The docs name them in prose. Their "Invalid input" is a bad request, so it is an error.
 *
 * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-reason-errors
 */
const REFUSALS: readonly (readonly [RegExp, TruecallerPushRefusal])[] = [
  [/^not a truecaller user/i, 'not-a-truecaller-user'],
  [/^os not supported/i, 'os-not-supported'],
  [/^app version not supported/i, 'app-version-not-supported'],
  [/^failed to push/i, 'failed-to-push'],
];

/** The documented reason, if it concerns the receiver's telephone. @internal */
export function refusalIn(
  info: TruecallerStatusInfo | undefined,
): TruecallerPushRefusal | undefined {
  if (info?.status !== 'error') return undefined;
  return REFUSALS.find(([words]) => words.test(info.message ?? ''))?.[1];
}

/** Recognises such a refusal, whatever its HTTP status, which is not documented. @internal */
export function isPushRefusal(body: unknown): boolean {
  return refusalIn(readStatusInfo(body)) !== undefined;
}

/** Reads an answer that is a success or such a refusal. @internal */
export function toPushOutcome(raw: unknown): TruecallerPushOutcome {
  const info = readStatusInfo(raw);
  const reason = refusalIn(info);
  if (reason === undefined) return { pushed: true, raw };
  return { pushed: false, reason, message: info?.message ?? '', raw };
}
