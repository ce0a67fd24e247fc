import { isAxiosError, isCancel, type AxiosError } from 'axios';

import { isBearerError, TokenAcquisitionError, whyNotReplayed } from '../src/index.js';
import type { RemoteSandbox } from './remote-sandbox.js';
import type { Truth } from './truth.js';
import { INJECTED } from './weather.js';

/** The verdict on a request that did not succeed. */
export interface Judgement {
  /** `lost`: it could have been saved. */
  readonly verdict: 'aborted by its caller' | 'failed rightly' | 'lost';
  readonly because: string;
}

const rightly = (because: string): Judgement => ({ verdict: 'failed rightly', because });
const lost = (because: string): Judgement => ({ verdict: 'lost', because });

/** Judges a failure against what really happened. */
export async function judge(
  error: unknown,
  wasAborted: boolean,
  truth: Truth,
  sandbox: RemoteSandbox,
): Promise<Judgement> {
  if (wasAborted && isAbort(error))
    return { verdict: 'aborted by its caller', because: 'its signal' };
  if (error instanceof TokenAcquisitionError) {
    if (!truth.excusesMissingToken(error.code)) return lost(`${error.code}: ${error.message}`);
    return rightly(`no token: ${error.code}`);
  }
  if (!isAxiosError(error)) return lost(String(error));
  if (error.response?.status === 401) return judge401(error, truth, sandbox);
  if (error.response?.headers[INJECTED] !== undefined) return rightly('the API answered 503');
  if (isReset(error)) {
    if (!truth.takeReset()) return lost(`a reset that nobody ordered: ${error.message}`);
    return rightly('the API reset the connection');
  }
  return lost(`${String(error.code)}: ${error.message}`);
}

async function judge401(
  error: AxiosError,
  truth: Truth,
  sandbox: RemoteSandbox,
): Promise<Judgement> {
  const why = whyNotReplayed(error);
  const { cause } = error;
  const excuse = {
    'body-consumed': () => true,
    'already-replayed': () => truth.wasCaughtByDeath(),
    'no-other-token': () => isBearerError(cause) && truth.excusesMissingToken(cause.code),
    'endpoint-cooling': () => truth.isEndpointOut(),
    'forced-mints-spent': () => false,
    'foreign-origin': () => false,
    'opted-out': () => false,
    'own-authorization': () => false,
    'replay-hook-failed': () => false,
  };
  // Now, before asking the thread, which takes a while.
  const isExcused = why !== undefined && excuse[why]();
  if (!isExcused) return lost(`401, ${String(why)}`);
  const token = String(error.config?.headers['Authorization']).replace('Bearer ', '');
  const state = await sandbox.provider('tokenState', token);
  return state === 'live' ? lost(`401 on a good token, ${why}`) : rightly(`401, ${why}`);
}

function isAbort(error: unknown): boolean {
  return isCancel(error) || (error instanceof Error && error.name === 'AbortError');
}

const RESETS: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The fetch adapter nests the reset two causes deep. */
function isReset(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return RESETS.has((error as { code?: unknown }).code) || isReset(error.cause);
}
