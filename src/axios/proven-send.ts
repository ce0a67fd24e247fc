import axios, { Axios, type AxiosRequestConfig, type AxiosResponse } from 'axios';

import { answerOf, type Answer } from './answer.js';
import { asTimeout, isCancelled, remainingMs } from './deadline.js';
import type { Sent } from './exchange.js';
import { discard, fitHeaders, replayBody } from './replay-body.js';

type Adapter = NonNullable<AxiosRequestConfig['adapter']>;

interface Attempt {
  readonly sending: Promise<AxiosResponse>;
  readonly answer: Answer | undefined;
}

/**
 * Has each send of a request carry a proof beside its token, if its place asks for one. The adapter is the only step behind all
 * interceptors and transforms that may be asynchronous.
 */
export function proveSends(sent: Sent): void {
  const { config: given, attachment, token } = sent;
  const { proof, source } = attachment;
  if (!proof) return;
  const { clock } = source;
  const adapter = (given.adapter ?? axios.defaults.adapter) as Adapter;
  given.adapter = async (config) => {
    config.adapter = adapter;
    const { sending } = await proof.send<Attempt>({
      url: new Axios({}).getUri(config),
      carrier: config,
      token,
      clock,
      async attempt() {
        // A cancelled request gets no answer, whatever the adapter returns.
        const sending = isCancelled(config)
          ? (Promise.resolve() as Promise<never>)
          : axios.getAdapter(adapter, config)(config);
        const outcome: unknown = await sending.catch((error: unknown) => error);
        return { sending, answer: answerOf(outcome, outcome) };
      },
      again({ answer }) {
        const body = replayBody(config, sent.rawBody);
        if (!body) return false;
        discard(answer?.data);
        fitHeaders(config.headers, body);
        config.data = body.data;
        const leftMs = remainingMs(sent, clock.monotonic());
        if (leftMs !== undefined) sent.usedTimeout = config.timeout = asTimeout(leftMs);
        return true;
      },
    });
    return sending;
  };
}
