import axios, { Axios, type AxiosRequestConfig, type AxiosResponse } from 'axios';

import { answerOf, type Answer } from './answer.js';
import { unlessBodyFails } from './body-failure.js';
import { asTimeout, isCancelled, remainingMs } from './deadline.js';
import type { Sent } from './exchange.js';
import { discard, fitHeaders, replayBody } from './replay-body.js';

type Adapter = NonNullable<AxiosRequestConfig['adapter']>;

interface Attempt {
  readonly sending: Promise<AxiosResponse>;
  readonly answer: Answer | undefined;
}

/** The caller's adapter of each of our adapters. */
const callers = new WeakMap<object, Adapter>();

/**
 * Makes each send of a request carry a proof alongside its token, if the place requires one. Only the adapter runs after all
 * interceptors and transforms and may be asynchronous.
 */
export function proveSends(sent: Sent): void {
  const { config: given, attachment, token } = sent;
  const { proof, source } = attachment;
  if (!proof) return;
  const { clock } = source;
  // A config that never reached its adapter still has ours. Wrapping it again would double the sends each time.
  const adapter =
    callers.get(given.adapter as object) ?? ((given.adapter ?? axios.defaults.adapter) as Adapter);
  given.adapter = async (config) => {
    config.adapter = adapter;
    // Signing takes a moment. A body that fails meanwhile would end the process, because axios does not listen to it yet.
    let begin!: (proven: Promise<unknown> | undefined) => void;
    const ready = unlessBodyFails(config, () => new Promise((resolve) => (begin = resolve)));
    ready.catch(() => undefined); // The first attempt reports it.
    const proven = proof.send<Attempt>({
      url: new Axios({}).getUri(config),
      carrier: config,
      token,
      clock,
      async attempt() {
        begin(undefined);
        const sending = ready.then(() => {
          if (!isCancelled(config)) return axios.getAdapter(adapter, config)(config);
          // A cancelled request gets no answer, even from an adapter that gives one.
          discard(config.data);
          return undefined as never;
        });
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
    proven.catch(() => begin(proven)); // Without a proof there is no attempt to end the wait.
    return (await proven).sending;
  };
  callers.set(given.adapter, adapter);
}
