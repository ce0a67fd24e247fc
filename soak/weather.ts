import { setTimeout as sleep } from 'node:timers/promises';

import type { RemoteSandbox } from './remote-sandbox.js';
import type { OutageKind, Truth } from './truth.js';

/** Marks an answer that the soak injected. */
export const INJECTED = 'x-soak-injected';

/** Something that happens to the provider. */
interface Card {
  readonly name: string;
  readonly play: () => Promise<void>;
}

/** Weather that lasts until it is stopped. */
export interface Weather {
  /** How often each thing happened. */
  readonly played: ReadonlyMap<string, number>;
  start(): void;
  /** Lets the current card end; after that everything works again. */
  stop(): Promise<void>;
}

/**
 * Plays everything that can happen to a provider, reshuffled each round, so that even a short run meets all of it.
 *
 * @param random - decides order, strength and length
 */
export function createWeather(sandbox: RemoteSandbox, truth: Truth, random: () => number): Weather {
  const between = (low: number, high: number) => low + random() * (high - low);
  const whole = (low: number, high: number) => Math.round(between(low, high));
  const calm = () => sandbox.api('delay', whole(0, 12));

  async function death(): Promise<void> {
    truth.tokensDie();
    await sandbox.provider(random() < 0.5 ? 'revokeTokens' : 'expireTokens');
  }

  async function deathInPeace(): Promise<void> {
    while (!truth.isSettled() && !isStopped) await sleep(50);
    if (!isStopped) await death();
  }

  /** In every second one the tokens die too: only then may a request fail for lack of a token. */
  async function outage(kind: OutageKind, begin: () => Promise<unknown>): Promise<void> {
    const over = truth.outageBegins(kind);
    await begin();
    await sleep(between(50, 400));
    if (random() < 0.5 && truth.isSettled()) await death();
    await sleep(between(100, 1_500));
    await sandbox.tokenEndpoint('recover');
    over();
  }

  const { tokenEndpoint, api } = sandbox;
  const refusal = (status: number, headers = {}) => ({ status, headers, body: { error: 'soak' } });
  const deck: readonly Card[] = [
    { name: 'tokens die', play: deathInPeace },
    { name: 'tokens die again', play: deathInPeace },
    {
      name: 'token lives changed',
      play: () => sandbox.provider('issueTokensLiving', whole(4, 20)),
    },
    {
      name: 'token endpoint: 503',
      play: () => outage('refusing', () => tokenEndpoint('fail', refusal(503))),
    },
    {
      name: 'token endpoint: 429',
      play: () =>
        outage('refusing', () => tokenEndpoint('fail', refusal(429, { 'retry-after': '1' }))),
    },
    {
      name: 'token endpoint: hangs',
      play: () => outage('unreachable', () => tokenEndpoint('hang')),
    },
    {
      name: 'token endpoint: resets',
      play: () => outage('unreachable', () => tokenEndpoint('resetConnections')),
    },
    {
      name: 'token endpoint: nonsense',
      play: () => outage('malformed', () => tokenEndpoint('answerRaw', '<html>a proxy</html>')),
    },
    {
      name: 'token endpoint: slow',
      play: async () => {
        await tokenEndpoint('delay', whole(50, 500));
        await sleep(between(200, 1_000));
        await tokenEndpoint('recover');
      },
    },
    {
      name: 'API: resets',
      play: async () => {
        const connections = whole(1, 8);
        truth.resetsAllowed(connections);
        await api('resetNext', connections);
      },
    },
    {
      name: 'API: 503',
      play: async () => {
        await api('fail', { status: 503, headers: { [INJECTED]: 'yes' } });
        await sleep(between(20, 150));
        await api('recover');
        await calm();
      },
    },
    { name: 'API: another pace', play: calm },
  ];

  const played = new Map(deck.map(({ name }) => [name, 0]));
  let hand: Card[] = [];
  let going = Promise.resolve();
  let isStopped = true;

  async function play(): Promise<void> {
    while (!isStopped) {
      if (hand.length === 0) hand = shuffled(deck, random);
      const { name, play: deed } = hand.pop()!;
      await deed();
      played.set(name, played.get(name)! + 1);
      await sleep(between(50, 400));
    }
  }

  return {
    played,
    start() {
      isStopped = false;
      going = play();
    },
    async stop() {
      isStopped = true;
      await going;
    },
  };
}

function shuffled<T>(cards: readonly T[], random: () => number): T[] {
  return cards
    .map((card) => ({ card, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ card }) => card);
}
