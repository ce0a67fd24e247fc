import { signal } from '@preact/signals';

import { clock, connection, serverNow } from './state.js';

/** How much time a time line spans: a minute of the past, and a margin for the future (style/timeline.css). */
export const SHOWN_MS = 66_000;

/** What the user is reading: everything stands still until they are done. */
export interface Reading {
  readonly words: string;
  readonly sign: HTMLElement;
  readonly at: number;
}
export const reading = signal<Reading | undefined>(undefined);

export function read(sign: HTMLElement, words: string): void {
  reading.value = { sign, words, at: reading.peek()?.at ?? serverNow() };
}

export function stopReading(sign: HTMLElement): void {
  if (reading.peek()?.sign === sign) reading.value = undefined;
}

/** Positions on a film count from here, in seconds, so that they never change. */
const EPOCH = Date.now();
export const onFilm = (at: number) => (at - EPOCH) / 1000;

const widths = new Map<Element, number>();
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) widths.set(target, contentRect.width);
});

/** Sets a time line going: the film in this frame is drawn along from right to left. */
export function roll(frame: HTMLElement): () => void {
  sizes.observe(frame);
  return () => {
    sizes.unobserve(frame);
    widths.delete(frame);
  };
}

/** Draws the film of one frame to `at`, and what marks the present against it, so that it stands still. */
function draw(frame: Element, width: number, at: number): void {
  const offset = onFilm(at) * (width / (SHOWN_MS / 1000));
  const move = (selector: string, px: number) => {
    const moved = frame.querySelector<HTMLElement>(selector);
    if (moved !== null) moved.style.transform = `translateX(${px.toFixed(2)}px)`;
  };
  move('.film', -offset);
  move('.present', offset);
}

const WORDS_EVERY_MS = 250;

/** A film moves about fifteen pixels a second: thirty frames are smooth, and half the work of sixty. */
const PICTURE_EVERY_MS = 30;
const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Moves every film along while the page is open. Users who prefer reduced motion get one step a second. */
export function run(): void {
  let drawnAt = 0;
  const step = (at: number) => {
    requestAnimationFrame(step);
    if (at - drawnAt < PICTURE_EVERY_MS) return;
    drawnAt = at;
    if (reading.peek()?.sign.isConnected === false) reading.value = undefined;
    const isLost = connection.peek() === 'lost';
    const now = isLost ? clock.peek() : serverNow();
    if (now - clock.peek() >= WORDS_EVERY_MS) clock.value = now;
    const shownAt = reading.peek()?.at ?? (calm.matches ? Math.floor(now / 1000) * 1000 : now);
    for (const [frame, width] of widths) draw(frame, width, shownAt);
  };
  requestAnimationFrame(step);
}
