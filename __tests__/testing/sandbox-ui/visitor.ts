import { get, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import type { Command } from '../../../src/testing/sandbox-ui/commands.js';
import type { Happening, HappeningOf } from '../../../src/testing/sandbox-ui/happening.js';
import { afterHappening, type LaneView } from '../../../src/testing/sandbox-ui/lane-view.js';
import { COMMAND_HEADER, type Message } from '../../../src/testing/sandbox-ui/message.js';

/** Someone who has the page open: hears what is told, and presses buttons. */
export interface Visitor {
  readonly hello: Extract<Message, { kind: 'hello' }>;
  /** Everything that came over the wire. */
  readonly heard: () => string;
  /** What has happened in a lane since the page was opened. */
  happened<Kind extends Happening['kind']>(kind: Kind, lane?: string): HappeningOf<Kind>[];
  /** The lane as the page would show it now. */
  lane(name?: string): LaneView;
  /** Waits until the lane looks like that. */
  until(looks: (lane: LaneView) => boolean, name?: string): Promise<LaneView>;
  press(command: Command): Promise<void>;
  /** Resolves when the server ends the stream. */
  readonly gone: Promise<void>;
  leave(): void;
}

export async function visit(url: string): Promise<Visitor> {
  const [response] = (await once(get(new URL('events', url)), 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  const lanes = new Map<string, LaneView>();
  const happenings: Happening[] = [];
  let raw = '';
  let rest = '';
  let watching: (() => void)[] = [];
  let greet: (hello: Visitor['hello']) => void;
  const greeted = new Promise<Visitor['hello']>((resolve) => (greet = resolve));

  function hear(message: Message): void {
    if (message.kind === 'hello') {
      for (const lane of message.lanes) lanes.set(lane.name, lane);
      greet(message);
      return;
    }
    for (const happening of message.happenings) {
      happenings.push(happening);
      lanes.set(happening.lane, afterHappening(lanes.get(happening.lane)!, happening));
      for (const look of watching) look();
    }
  }
  response.on('data', (chunk: string) => {
    raw += chunk;
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) hear(JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as Message);
  });
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  response.on('error', () => undefined); // A stream that is cut off is an error too; `gone` tells of it.

  const lane = (name = 'exotel') => lanes.get(name)!;
  return {
    hello: await greeted,
    heard: () => raw,
    happened: <Kind extends Happening['kind']>(kind: Kind, name = 'exotel') =>
      happenings.filter((one) => one.kind === kind && one.lane === name) as HappeningOf<Kind>[],
    lane,
    until: (looks, name) =>
      new Promise((resolve) => {
        const look = () => {
          if (!looks(lane(name))) return;
          watching = watching.filter((other) => other !== look);
          resolve(lane(name));
        };
        watching.push(look);
        look();
      }),
    async press(command) {
      const { status, body } = await post(url, JSON.stringify(command));
      if (status !== 204) throw new Error(`The server answered ${status}: ${body}`);
    },
    gone,
    leave: () => response.destroy(),
  };
}

/** A command as the page sends it, unless `headers` say otherwise. */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<{ readonly status: number; readonly body: string }> {
  return ask(new URL('commands', url).href, {
    method: 'POST',
    body,
    headers: { origin: new URL(url).origin, [COMMAND_HEADER]: '1', ...headers },
  });
}

export async function ask(
  url: string,
  {
    method = 'GET',
    body = '',
    headers = {},
  }: {
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string | undefined>>;
  } = {},
): Promise<{ status: number; body: string; headers: IncomingMessage['headers'] }> {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  const sent = request(url, {
    agent: false, // A connection of its own: one that was kept may just have been closed.
    method,
    headers: {
      ...(method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...(Object.fromEntries(given) as Record<string, string>),
    },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, body: await text(response), headers: response.headers };
}
