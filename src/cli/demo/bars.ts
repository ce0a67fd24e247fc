import type { Colors } from '../terminal.js';
import type { Moment } from './storm.js';

const HEIGHTS = '▁▂▃▄▅▆▇█';

/** The chart spans at least this long, so that the bars grow from left to right. */
const USUAL_RUN_MS = 10_500;

/** One bar for each stretch of the run, as high as the number of requests that ended in it. Healed ones are yellow, failed ones red. */
export function bars(moments: readonly Moment[], count: number, colors: Colors): string {
  const lastAtMs = moments.at(-1)?.atMs ?? 0;
  const stretchMs = Math.max(USUAL_RUN_MS, lastAtMs + 1) / count;
  const stretches = Array.from({ length: Math.floor(lastAtMs / stretchMs) + 1 }, () => ({
    ended: 0,
    healed: 0,
    failed: 0,
  }));
  for (const { atMs, kind } of moments) {
    const stretch = stretches[Math.floor(atMs / stretchMs)];
    if (stretch !== undefined) stretch[kind] += 1;
  }
  const highest = Math.max(1, ...stretches.map(({ ended }) => ended));
  return stretches
    .map(({ ended, healed, failed }) => {
      const bar = HEIGHTS[Math.ceil((ended / highest) * HEIGHTS.length) - 1] ?? ' ';
      const paint = failed > 0 ? colors.red : healed > 0 ? colors.yellow : colors.green;
      return paint(bar);
    })
    .join('');
}
