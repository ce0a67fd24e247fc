import { request } from 'node:http';

/** A webhook that the sandbox posted to a listener, or tried to. */
export interface SentWebhook {
  readonly url: string;
  readonly contentType: string;
  /** As it was sent, byte for byte. */
  readonly body: string;
  /** How often it was posted. */
  readonly attempts: number;
  /** What the listener answered last; `undefined` if it never did. */
  readonly status: number | undefined;
}

/** Posts webhooks over real HTTP, in the background. */
export interface WebhookSender {
  readonly sent: readonly SentWebhook[];
  /** Posts, with up to two retries while the answer is not 200. */
  send(url: string, contentType: string, body: string): void;
  /** Resolves when nothing is still being sent. */
  settled(): Promise<void>;
  /** Forgets what was sent. */
  reset(): void;
  /** Cuts off what is still being sent. */
  close(): Promise<void>;
}

/** "Answer 200 within 15 s; up to 2 retries": Exotel's page on webhooks, which gives no pause between them. */
const MOST_ATTEMPTS = 3;
const LONGEST_ANSWER_MS = 15_000;

/** Creates a sender of webhooks. */
export function createWebhookSender(): WebhookSender {
  const sent: SentWebhook[] = [];
  const onTheirWay = new Set<Promise<void>>();
  let cut = new AbortController();

  async function deliver(url: string, contentType: string, body: string): Promise<void> {
    const { signal } = cut;
    let status: number | undefined;
    let attempts = 0;
    while (attempts < MOST_ATTEMPTS && status !== 200 && !signal.aborted) {
      attempts += 1;
      status = await post(url, contentType, body, signal);
    }
    if (!signal.aborted) sent.push({ url, contentType, body, attempts, status });
  }

  function forget(): void {
    cut.abort();
    cut = new AbortController();
    sent.length = 0;
  }

  return {
    sent,
    send(url, contentType, body) {
      const delivery = deliver(url, contentType, body).finally(() => onTheirWay.delete(delivery));
      onTheirWay.add(delivery);
    },
    async settled() {
      while (onTheirWay.size > 0) await Promise.all(onTheirWay);
    },
    reset: forget,
    async close() {
      forget();
      await Promise.all(onTheirWay);
    },
  };
}

/** The status of the answer, or `undefined` when there was none. Never rejects. */
function post(
  url: string,
  contentType: string,
  body: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const outgoing = request(url, {
      method: 'POST',
      headers: { 'content-type': contentType, 'content-length': Buffer.byteLength(body) },
      // No connection is kept, so that a listener can close as soon as it has answered.
      agent: false,
      signal,
      timeout: LONGEST_ANSWER_MS,
    });
    outgoing.on('response', (answer) => {
      answer.resume();
      answer.on('close', () => resolve(answer.statusCode));
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(undefined));
    outgoing.on('close', () => resolve(undefined));
    outgoing.end(body);
  });
}
