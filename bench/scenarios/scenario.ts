import type { Sandbox, SandboxProviders } from 'axios-bearer/testing';

import type { Outcomes } from '../settle.js';
import type { Incapacity, Peer, PeerClient, PeerSetup } from '../peers/peer.js';

/** What a peer did in one scenario. */
export interface Cell {
  /** The figures, as short as possible. */
  readonly text: string;
  /** Whether that is what a user would want. */
  readonly isGood: boolean;
}

export interface Scenario {
  /** The name of its file. */
  readonly id: string;
  readonly title: string;
  /** Given, when, and what is good; one sentence each. */
  readonly about: string;
  /** A peer that lacks one of these cannot be tested. */
  readonly needs?: readonly Incapacity[];
  /** After this, the cell says that it hung. @defaultValue 40 s */
  readonly limitMs?: number;
  run(stage: Stage): Promise<Cell>;
}

/** One peer and its own server, new for each cell. */
export interface Stage {
  readonly peer: Peer;
  readonly isQuick: boolean;
  readonly sandbox: Sandbox<'oauth2'>;
  readonly server: SandboxProviders['oauth2'];
  readonly setup: PeerSetup;
  readonly client: PeerClient;
}

export const good = (text: string): Cell => ({ text, isGood: true });
export const bad = (text: string): Cell => ({ text, isGood: false });

export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The status that came back, whether the peer resolves or rejects with it; otherwise, what went wrong. */
export async function outcomeOf(request: Promise<{ status: number }>): Promise<number | 'failed'> {
  try {
    return (await request).status;
  } catch (error) {
    return statusIn(error) ?? 'failed';
  }
}

function statusIn(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { response, status } = error as { response?: { status?: unknown }; status?: unknown };
  const found = response?.status ?? status;
  return typeof found === 'number' ? found : undefined;
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The outcome of a promise within some time. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'still waiting'> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<'still waiting'>((resolve) => {
    timer = setTimeout(() => resolve('still waiting'), ms);
  });
  try {
    return await Promise.race([promise, timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** Far longer than a storm takes on a slow machine: what has not settled by then never will. */
export const STORM_LIMIT_MS = 20_000;

/** One token call and no failure is what every storm should come to. */
export function stormCell(outcomes: Outcomes, tokenCalls: number): Cell {
  const { rejected, unsettled } = outcomes;
  const lost = [
    rejected === 0 ? 'none failed' : `${rejected} failed`,
    ...(unsettled === 0 ? [] : [`${unsettled} never settled`]),
  ];
  return {
    text: [count(tokenCalls, 'token call'), ...lost].join(', '),
    isGood: tokenCalls === 1 && rejected + unsettled === 0,
  };
}
