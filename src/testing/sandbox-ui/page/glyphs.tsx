import type { CrowdKind } from '../lane-view.js';
import type { Phase } from '../happening.js';

/*
 * Small shapes, so that nothing is conveyed by colour alone. All are drawn on a field of 12 by 12 in the colour of the text.
 */

const CROWD_PATHS: Readonly<Record<Exclude<CrowdKind, 'rejected'>, string>> = {
  joined: 'M1 2h2.5L7 6h4M1 10h2.5L7 6M9 4l2 2-2 2',
  waited: 'M2.5 1.5h7M2.5 10.5h7M3.5 1.5c0 3 5 6 5 9M8.5 1.5c0 3-5 6-5 9',
  replayed: 'M10 6a4 4 0 1 1-1.3-3M9 .8v2.4H6.6',
  failed: 'M2.5 2.5l7 7M9.5 2.5l-7 7',
};

export function CrowdGlyph({ kind }: { readonly kind: CrowdKind }) {
  if (kind === 'rejected') return <b class="numeral">401</b>;
  return (
    <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
      <path d={CROWD_PATHS[kind]} />
    </svg>
  );
}

/** A disc that wanes with the token's life. */
const PHASE_PATHS: Readonly<Record<Phase, string | undefined>> = {
  fresh: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z',
  early: 'M6 1a5 5 0 1 1-5 5h5z',
  last: 'M6 1a5 5 0 0 1 5 5H6z',
  suspect: 'M6 1a5 5 0 0 1 0 10z',
  expired: undefined,
  none: undefined,
};

export function PhaseGlyph({ phase }: { readonly phase: Phase }) {
  const filled = PHASE_PATHS[phase];
  return (
    <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
      <circle cx="6" cy="6" r="5" stroke-dasharray={phase === 'none' ? '2 2' : undefined} />
      {filled !== undefined && <path class="filled" d={filled} />}
      {phase === 'expired' && <path d="M2.5 9.5l7-7" />}
    </svg>
  );
}
