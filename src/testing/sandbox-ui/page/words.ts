import type { Call } from '../lane-view.js';
import type { Happening, LastingFault, MomentaryFault, Phase } from '../happening.js';

export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  none: 'no token',
  fresh: 'fresh',
  early: 'early',
  last: 'last moments',
  suspect: 'suspect',
  expired: 'expired',
};

export interface FaultWords {
  readonly label: string;
  /** What the button does, in a sentence. */
  readonly explained: string;
}

export const FAULT_WORDS: Readonly<Record<MomentaryFault | LastingFault, FaultWords>> = {
  revoke: { label: 'Revoke', explained: 'The provider kills every token now, before its time.' },
  expire: {
    label: 'Expire',
    explained: 'Every token expires at the provider now, before its stated expiry.',
  },
  slow: { label: 'Slow', explained: 'The token endpoint takes 2.4 s to answer.' },
  fail: { label: 'Fail', explained: 'The token endpoint answers 503.' },
  hang: { label: 'Hang', explained: 'The token endpoint accepts calls and never answers.' },
  'rate-limit': {
    label: 'Rate-limit',
    explained: 'The token endpoint answers 429 and asks for a pause of 8 s.',
  },
  'one-active-token': {
    label: 'One active token',
    explained: 'Each new token kills the one before it, with requests still under way.',
  },
};

const BECAUSE: Readonly<Record<string, string>> = {
  cold: 'there was none',
  early: 'the old one was nearing its end',
  last: 'the old one was in its last moments',
  expired: 'the old one had expired',
  rejected: 'the old one drew a 401',
  revalidate: 'the lifetime of the old one is unknown',
  cleared: 'the old one was cleared',
};

const COOLING_BECAUSE: Readonly<Record<string, string>> = {
  transient: 'because it failed',
  'server-set': 'because it asked for that',
  credentials: 'because it rejected the credentials',
};

const REJECTED_AND: Readonly<Record<string, string>> = {
  replay: 'Sent again with another token.',
  replacement: 'It cannot be sent again, so the caller gets it; the next one has another token.',
  'already-replayed': 'This was the second attempt, so the caller gets it.',
  'forced-mints-spent': 'New tokens have not helped so far, so the caller gets it.',
  'endpoint-cooling': 'No token can be fetched now, so the caller gets it.',
};

export function seconds(ms: number): string {
  if (ms < 100) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
}

export function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
}

/** What happened, as a sentence for someone who sees the library for the first time; `undefined` if it says nothing new. */
export function inWords(happening: Happening): string | undefined {
  switch (happening.kind) {
    case 'phase':
      return happening.token === undefined
        ? undefined
        : phaseInWords(happening.phase, happening.token.serial);
    case 'called':
      return happening.errorType === undefined ? undefined : callInWords(happening);
    case 'refreshed': {
      const { serial, tookMs, attempts, reason } = happening;
      const tries = attempts > 1 ? ` and ${attempts} calls` : '';
      return `Token #${serial} is here after ${seconds(tookMs)}${tries}, fetched because ${BECAUSE[reason] ?? reason}.`;
    }
    case 'refresh-failed':
      return happening.stillServing
        ? 'No new token could be fetched. The current one is valid and stays in use.'
        : `No token could be fetched, and there is none to use (${happening.code}).`;
    case 'cool-down':
      return coolDownInWords(happening.cause, happening.delayMs);
    case 'cool-down-ended':
      return 'The token endpoint answers again.';
    case 'forced-mints-spent':
      return `New tokens did not fix the 401s: the next 401 can fetch one in ${seconds(happening.delayMs)}.`;
    case 'joined':
      return `${requests(happening.count)} joined the token call under way instead of making another.`;
    case 'rejected':
      return `${requests(happening.count)} drew a 401. ${REJECTED_AND[happening.consequence] ?? ''}`;
    case 'waited':
      return `${requests(happening.count)} waited up to ${seconds(happening.longestMs)} for a token, then went out.`;
    case 'replayed':
      return happening.accepted
        ? `${requests(happening.count)} sent again with the new token, and accepted. No caller noticed.`
        : `${requests(happening.count)} sent again with the new token, and rejected again.`;
    case 'failed':
      return `${requests(happening.count)} failed for their callers (${happening.code}).`;
    case 'pressed':
      return happening.fault === 'burst'
        ? 'You sent 50 requests at once.'
        : `You pressed ${FAULT_WORDS[happening.fault].label}. ${FAULT_WORDS[happening.fault].explained}`;
    case 'switched':
      return switchedInWords(happening.fault, happening.on);
    case 'calling':
    case 'traffic':
      return undefined;
  }
}

function phaseInWords(phase: Phase, serial: number): string | undefined {
  switch (phase) {
    case 'none':
    case 'fresh':
      return undefined;
    case 'early':
      return `Token #${serial} will expire soon: it stays in use, and the next request starts a background refresh.`;
    case 'last':
      return `Token #${serial} is in its last moments: requests wait for a new one, and get this one if none comes.`;
    case 'suspect':
      return `Token #${serial} is suspect after a 401: requests wait for its replacement.`;
    case 'expired':
      return `Token #${serial} has expired: it is never sent again.`;
  }
}

function switchedInWords(fault: LastingFault | undefined, on: readonly LastingFault[]): string {
  if (fault === undefined) return 'You switched every fault off.';
  const { label, explained } = FAULT_WORDS[fault];
  return on.includes(fault)
    ? `You switched on ${label}. ${explained}`
    : `You switched ${label} off.`;
}

type EndedCall = NonNullable<Call['ended']>;

export function callInWords({ tookMs, attempt, status, errorType }: Omit<EndedCall, 'id'>): string {
  const which = attempt > 1 ? `Token call, attempt ${attempt}` : 'Token call';
  if (errorType === undefined) return `${which}: a token came after ${seconds(tookMs)}.`;
  return status === undefined
    ? `${which}: no answer for ${seconds(tookMs)}, given up.`
    : `${which}: answered ${status} after ${seconds(tookMs)}.`;
}

export function coolDownInWords(cause: string, delayMs: number): string {
  return `The token endpoint is not called for ${seconds(delayMs)}, ${COOLING_BECAUSE[cause] ?? cause}.`;
}

/** The label of a call on the time line: how long it took, if it returned a token. */
export function callLabel({ ended }: Call): string {
  return ended === undefined || ended.errorType !== undefined ? '' : seconds(ended.tookMs);
}

/** The flag for what a user of the page did. */
export function flagLabel(happening: Happening): string {
  if (happening.kind === 'pressed')
    return happening.fault === 'burst' ? '+50' : FAULT_WORDS[happening.fault].label;
  if (happening.kind !== 'switched') return '';
  const { fault, on } = happening;
  if (fault === undefined) return 'all well';
  return `${FAULT_WORDS[fault].label}${on.includes(fault) ? '' : ' off'}`;
}
