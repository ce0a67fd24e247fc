import { computed, type Signal, signal } from '@preact/signals';

import type { Happening } from '../happening.js';
import { afterHappening, forgotten, type LaneView } from '../lane-view.js';
import type { Message } from '../message.js';
import { type LogEntry, withLogged } from './log.js';

export const connection = signal<'connecting' | 'open' | 'lost'>('connecting');
export const requestsPerSecond = signal(0);
export const laneNames = signal<readonly string[]>([]);
export const log = signal<readonly LogEntry[]>([]);
/** What the log showed when it was paused; absent while it runs. */
export const frozenLog = signal<readonly LogEntry[] | undefined>(undefined);
/** The server's time, updated a few times a second, for texts and figures. */
export const clock = signal(Date.now());

const lanes = new Map<string, Signal<LaneView>>();

/** A lane that the server has announced. */
export function laneOf(name: string): Signal<LaneView> {
  const lane = lanes.get(name);
  if (lane === undefined) throw new Error(`There is no lane "${name}".`);
  return lane;
}

export const allLanes = computed(() => laneNames.value.map((name) => laneOf(name).value));
export const titleOf = (name: string) => lanes.get(name)?.peek().title ?? name;

/** How far the server's clock is ahead of the page's, in milliseconds. */
let aheadMs = 0;
export const serverNow = () => Date.now() + aheadMs;

/** While a slider moves, the server's answers lag behind it. */
const HAND_AHEAD_MS = 700;
let loadChosenAt = -Infinity;

export function chooseLoad(perSecond: number): void {
  loadChosenAt = performance.now();
  requestsPerSecond.value = perSecond;
}

export function receive(message: Message): void {
  // The message with the shortest transit time shows best how far apart the clocks are.
  const measuredMs = message.now - Date.now();
  aheadMs = message.kind === 'hello' ? measuredMs : Math.max(aheadMs, measuredMs);
  connection.value = 'open';
  if (performance.now() - loadChosenAt > HAND_AHEAD_MS)
    requestsPerSecond.value = message.requestsPerSecond;
  if (message.kind === 'hello') greet(message);
  else for (const happening of message.happenings) take(happening);
}

function greet({ lanes: views, recent }: Extract<Message, { kind: 'hello' }>): void {
  for (const view of views) {
    const known = lanes.get(view.name);
    if (known === undefined) lanes.set(view.name, signal(view));
    else known.value = view;
  }
  laneNames.value = views.map(({ name }) => name);
  log.value = recent.reduce<readonly LogEntry[]>(withLogged, []);
}

function take(happening: Happening): void {
  const lane = laneOf(happening.lane);
  lane.value = forgotten(afterHappening(lane.value, happening), happening.at);
  log.value = withLogged(log.value, happening);
}
