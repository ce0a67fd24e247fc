import { checkOptions } from '../../errors/check-options.js';
import {
  atLeast,
  having,
  required,
  seconds,
  wholeNumber,
  type Rules,
} from '../../errors/option-rules.js';
import type { Sandbox, SandboxControls, SandboxProviders } from '../sandbox/start-sandbox.js';
import { createEventStream } from './event-stream.js';
import type { Lane } from './lane.js';
import { createLanes } from './lanes.js';
import { createLoad } from './load.js';
import { obeying } from './obey.js';
import { openPageServer } from './page-server.js';
import { createStory } from './story.js';

/** Options of {@link startSandboxUi}. */
export interface SandboxUiOptions {
  /** A running sandbox. The page takes over its switches: lifetimes, delays and faults. */
  readonly sandbox: SandboxControls & Partial<SandboxProviders>;
  /**
   * Port of the page, on 127.0.0.1.
   *
   * @defaultValue a free one
   */
  readonly port?: number;
  /**
   * The load at the start, in requests per second for all providers together. Nothing is sent while no page is open.
   *
   * @defaultValue 20
   */
  readonly requestsPerSecond?: number;
  /**
   * The approximate lifetime of a token, in seconds. It differs a little between providers, so that they are not renewed in step.
   *
   * @defaultValue 40
   */
  readonly tokenLifeSeconds?: number;
  /**
   * How long a token call takes when nothing is wrong, in milliseconds.
   *
   * @defaultValue 800
   */
  readonly tokenCallMs?: number;
}

/** The running page. */
export interface SandboxUi {
  /** Where to open it, such as `http://127.0.0.1:41010/`. */
  readonly url: string;
  /** Closes the page, its clients and its faults. The sandbox continues. Safe to call twice. */
  close(): Promise<void>;
}

const RULES: Rules<keyof SandboxUiOptions> = {
  sandbox: required(having('reset', 'close'), 'Pass what startSandbox() resolves with.'),
  port: wholeNumber(0),
  requestsPerSecond: atLeast(0),
  tokenLifeSeconds: seconds,
  tokenCallMs: atLeast(0),
};

const LOAD_EVERY_MS = 25;
const TELL_EVERY_MS = 100;

/**
 * Serves a page on loopback that shows the life of each provider's token while requests are sent, with buttons for everything that
 * can go wrong.
 *
 * It creates its own client for each provider in the sandbox. Tokens live for seconds instead of an hour, so that
 * you can watch a whole life. Tokens and secrets never reach the page.
 *
 * @example
 * ```ts
 * const sandbox = await startSandbox();
 * const ui = await startSandboxUi({ sandbox });
 * console.log(`Open ${ui.url}`);
 * ```
 * @throws `MisconfigurationError` for an option that is unknown or unusable; the system's own error if the port is in use. In this case everything is closed again.
 */
export async function startSandboxUi(options: SandboxUiOptions): Promise<SandboxUi> {
  checkOptions(options, RULES, { of: "the sandbox's page" });
  const { sandbox, port = 0, requestsPerSecond = 20 } = options;
  const { tokenLifeSeconds = 40, tokenCallMs = 800 } = options;
  // Loaded only if the page is wanted.
  const { builtPage } = await import('./built-page.js');
  const page = await builtPage();

  const stream = createEventStream();
  const lanes = createLanes(
    sandbox as Sandbox, // The lanes look only at the providers that it has.
    { tokenLifeMs: tokenLifeSeconds * 1000, tokenCallMs },
    (lane, event, at) => story.tell(lane, event, at),
  );
  const all = [...lanes.values()];
  const story = createStory(
    all.map(({ facts }) => facts),
    Date.now,
  );
  const load = createLoad(all, requestsPerSecond);

  const tellRest = () => {
    const message = story.next(load.perSecond);
    if (message !== undefined) stream.send(message);
  };
  const server = await openPageServer({
    port,
    page,
    listen(response) {
      tellRest(); // The greeting already includes it.
      stream.join(response, story.hello(load.perSecond));
    },
    obey: obeying(lanes, load),
  }).catch((error: unknown) => {
    all.forEach(closeLane);
    throw error;
  });

  const loading = setInterval(() => {
    if (stream.listeners > 0) load.tick();
    else load.resume();
  }, LOAD_EVERY_MS);
  const telling = setInterval(() => {
    all.forEach((lane) => lane.tick());
    tellRest();
  }, TELL_EVERY_MS);

  let closing: Promise<void> | undefined;
  const end = () => {
    clearInterval(loading);
    clearInterval(telling);
    stream.close();
    all.forEach(closeLane);
    return server.close();
  };
  return { url: server.url, close: () => (closing ??= end()) };
}

function closeLane(lane: Lane): void {
  lane.close();
  lane.faults.release();
}
