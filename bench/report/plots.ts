import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

import type { Plot as Growth, Point } from './results.js';

const OURS = 'axios-bearer';
const OURS_COLOUR = '#cf222e';
const LABEL_HEIGHT = 15;

/** Draws the growth as a self-contained SVG. */
export function svgOf(growth: Growth): string {
  const { document } = parseHTML('<!doctype html><html></html>');
  const draw = (labels: readonly Point[]) => drawn(growth, labels, document);
  // A first drawing shows where the lines end, so that their names can be placed there without overlapping.
  const scale = draw([]).scale('y');
  const figure = draw(scale === undefined ? [] : spreadOut(endsOf(growth.points), scale));
  figure.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${figure.outerHTML}\n`;
}

function drawn(
  { x, y, logarithmic, points }: Growth,
  labels: readonly Point[],
  document: Document,
) {
  const series = [...new Set(points.map((point) => point.series))];
  const others = series.filter((name) => !isOurs(name));
  const colours = series.map((name) =>
    isOurs(name) ? OURS_COLOUR : greyOf(others.indexOf(name) / Math.max(1, others.length - 1)),
  );
  const xs = points.map((point) => point.x);
  const marks = { x: 'x', y: 'y', stroke: 'series' } as const;
  return Plot.plot({
    document,
    width: 800,
    height: 400,
    marginLeft: 64,
    marginRight: 280,
    marginBottom: 40,
    style: { background: '#ffffff', color: '#1f2328', fontSize: '12px' },
    x: {
      label: x,
      type: logarithmic.includes('x') ? 'log' : 'linear',
      ticks: [...new Set(xs)],
      tickFormat: ',',
    },
    y: {
      label: y,
      type: logarithmic.includes('y') ? 'log' : 'linear',
      grid: true,
      tickFormat: ',',
      nice: !logarithmic.includes('y'),
    },
    color: { domain: series, range: colours },
    marks: [
      Plot.lineY(points, { ...marks, strokeWidth: 1.5 }),
      Plot.dot(points, { ...marks, fill: 'series', r: 2.5 }),
      Plot.text(labels, {
        x: 'x',
        y: 'y',
        text: 'series',
        fill: 'series',
        textAnchor: 'start',
        dx: 10,
      }),
    ],
  });
}

const isOurs = (name: string) => name.startsWith(OURS);

function greyOf(share: number): string {
  return `hsl(215, 15%, ${Math.round(25 + 40 * share)}%)`;
}

function endsOf(points: readonly Point[]): Point[] {
  const most = Math.max(...points.map(({ x }) => x));
  return points
    .filter((point) => !points.some(({ series, x }) => series === point.series && x > point.x))
    .map((point) => ({ ...point, x: most }));
}

/** The same points, far enough apart for a line of text each. */
function spreadOut(ends: readonly Point[], scale: Plot.Scale): Point[] {
  const placed = ends
    .map((end) => ({ end, at: Number(scale.apply(end.y)) }))
    .sort((a, b) => b.at - a.at);
  let above = Infinity;
  return placed.map(({ end, at }) => {
    above = Math.min(at, above - LABEL_HEIGHT);
    return { ...end, y: Number(scale.invert?.(above)) };
  });
}
