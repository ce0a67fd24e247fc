import axios, { type AxiosInstance } from 'axios';

import { attachBearer } from '../../../src/index.js';
import { createFakeClock } from '../../../src/testing/index.js';
import { createMemoryServer } from '../support.js';
import { difference, isOurs, said, type Parts } from './difference.js';
import { giveAnswer, OK, speaksOf401, type AnswerShape } from './odd-answers.js';
import {
  AGAIN,
  makeRequest,
  ON_ERROR,
  ON_REQUEST,
  ON_REQUEST_ERROR,
  ON_RESPONSE,
  RUN_WHEN,
  type InterceptorShape,
  type RequestShape,
} from './odd-requests.js';
import { plainHeaders, raise, type Config, type Making } from './shapes.js';

/** One request: what is asked, who is in its way, and what the adapter answers, the first time and after. */
export interface Shape {
  readonly request?: RequestShape;
  readonly interceptors?: readonly InterceptorShape[];
  readonly answer?: AnswerShape;
  readonly second?: AnswerShape;
  /** How an interceptor sends the config of an error again, as retries do. */
  readonly again?: string;
  /** By an instance of its own, which is bare. */
  readonly elsewhere?: boolean;
}

/** How an instance is set up: without us, with a token in hand, or with a token still to be fetched. */
export type Setup = 'bare' | 'warm' | 'cold';

/** How one request ended, and what the adapter was sent on the way. */
export interface Outcome {
  readonly settled: 'resolved' | 'rejected';
  readonly value: unknown;
  readonly sends: readonly Send[];
}

/** A config as it was when the adapter got it. */
export interface Send {
  readonly config: Record<string, unknown>;
  readonly authorization: unknown;
}

const { provider, tokenEndpoint } = createMemoryServer();

export async function outcomeOf(shape: Shape, setup: Setup, parts: Parts): Promise<Outcome> {
  const { request = { fields: {} }, interceptors = [], answer = OK, second = OK } = shape;
  const sends: Send[] = [];
  const mark: Making['mark'] = (value, part) => {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function')
      parts.set(value, part);
    return value;
  };
  const adapter = mark((sent: Config): any => {
    const authorization = sent.headers.get('Authorization');
    mark(sent, 'sent config');
    sends.push({ config: { ...sent, headers: plainHeaders(sent) }, authorization });
    return giveAnswer(sends.length === 1 ? answer : second, { sent, mark });
  }, 'adapter');

  const http = axios.create({ baseURL: 'https://api.example.com', adapter });
  const register = (when: InterceptorShape['attached']) => {
    for (const one of interceptors) if ((one.attached ?? 'before') === when) intercept(http, one);
  };
  register('before');
  const detach = setup === 'bare' ? undefined : await attach(http, setup);
  register('after');
  if (shape.again !== undefined) {
    const through = shape.elsewhere === true ? axios.create({ adapter }) : http;
    sendAgainOnce(http, through, AGAIN[shape.again]!);
  }

  try {
    const value: unknown = await http.request(makeRequest(request, { mark }, adapter));
    return { settled: 'resolved', value, sends };
  } catch (value) {
    return { settled: 'rejected', value, sends };
  } finally {
    detach?.();
  }
}

async function attach(http: AxiosInstance, setup: 'warm' | 'cold'): Promise<() => void> {
  const attachment = attachBearer(http, provider, {
    transport: { adapter: tokenEndpoint },
    clock: createFakeClock(),
  });
  if (setup === 'warm') await attachment.source.getToken();
  return () => attachment.detach();
}

function intercept(http: AxiosInstance, shape: InterceptorShape): void {
  const { request, requestError, synchronous, runWhen, response, error } = shape;
  if (request !== undefined || requestError !== undefined) {
    const options = {
      ...(synchronous !== undefined && { synchronous }),
      ...(runWhen !== undefined && { runWhen: RUN_WHEN[runWhen] as never }),
    };
    const fulfilled = request === undefined ? undefined : (ON_REQUEST[request] as never);
    const rejected = requestError === undefined ? undefined : ON_REQUEST_ERROR[requestError];
    http.interceptors.request.use(fulfilled, rejected, options);
  }
  if (response === undefined && error === undefined) return;
  http.interceptors.response.use(
    response === undefined ? undefined : (ON_RESPONSE[response] as never),
    error === undefined ? undefined : ON_ERROR[error],
  );
}

function sendAgainOnce(
  http: AxiosInstance,
  through: AxiosInstance,
  prepare: (config: Config) => unknown,
): void {
  let isAgain = false;
  http.interceptors.response.use(undefined, (error: { config?: Config } | undefined) => {
    if (isAgain || typeof error?.config !== 'object') return raise(error);
    isAgain = true;
    return through.request(prepare(error.config) as never);
  });
}

// ---- the comparison ---------------------------------------------------------------------------------------------

/** `undefined` if an attached instance ends as bare axios does, and sends what it sends; else the first difference. */
export async function differenceToBare(shape: Shape, setup: Setup): Promise<string | undefined> {
  const parts: Parts = new WeakMap();
  const bare = await outcomeOf(shape, 'bare', parts);
  const ours = await outcomeOf(shape, setup, parts);
  const isHealed = shape.again === undefined && ours.sends.length === bare.sends.length + 1;
  const inSends = isHealed ? undefined : differenceOfSends(bare, ours, parts);
  const found = inSends ?? wrongAuthorization(shape, ours) ?? differenceOfEnds(bare, ours, parts);
  if (found === undefined || !isHealed) return found;
  const { answer = OK, second = OK } = shape;
  if (!speaksOf401(answer)) return `sent twice, though nothing spoke of a 401 (${found})`;
  const afterwards = await outcomeOf({ ...shape, answer: second }, 'bare', parts);
  return differenceOfEnds(afterwards, ours, parts);
}

function differenceOfEnds(bare: Outcome, ours: Outcome, parts: Parts): string | undefined {
  return bare.settled === ours.settled
    ? difference(bare.value, ours.value, bare.settled, parts)
    : `bare ${bare.settled} with ${said(bare.value)}, ours ${ours.settled} with ${said(ours.value)}`;
}

function differenceOfSends(bare: Outcome, ours: Outcome, parts: Parts): string | undefined {
  const [wanted, got] = [bare, ours].map(({ sends }) => sends.map(asWritten));
  return (
    difference(
      wanted!.length,
      got!.length,
      'number of sends',
      parts,
      differenceOfEnds(bare, ours, parts),
    ) ?? difference(wanted, got, 'sends', parts)
  );
}

/**
 * For the one send the adapter is told what is left of the time, and we listen for its answer. The caller gets back the
 * config as they wrote it.
 */
function asWritten({ config }: Send) {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- left out
  const { timeout, transformResponse, env, beforeRedirect, ...others } = config;
  const isTime = !['symbol', 'bigint'].includes(typeof timeout) && Number(timeout) > 0;
  return isTime ? others : { ...others, timeout };
}

function wrongAuthorization(shape: Shape, { sends }: Outcome): string | undefined {
  const values = sends.map(({ authorization }) => authorization);
  if (shape.elsewhere === true) return undefined;
  if (values.some((value) => String(value).includes('[redacted]'))) return 'our mask was sent';
  if (!isPlain(shape) || values.every(isOurs)) return undefined;
  return `our token was not sent: ${values.map(String).join(', ')}`;
}

/** Whether the request goes to the provider, and nothing on its way has an authorization of its own. */
function isPlain({ request = { fields: {} }, interceptors = [] }: Shape): boolean {
  const own = ['url', 'baseURL', 'auth', 'headers', 'transformRequest', 'allowAbsoluteUrls'];
  return interceptors.length === 0 && !own.some((name) => name in request.fields);
}
