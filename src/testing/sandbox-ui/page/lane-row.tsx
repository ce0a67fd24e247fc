import { coolingForMs, type LaneView } from '../lane-view.js';
import type { Counters } from '../happening.js';
import { FaultButtons } from './fault-buttons.js';
import { useFold } from './fold.js';
import { PhaseGlyph } from './glyphs.js';
import { clock, laneOf } from './state.js';
import { Timeline } from './timeline.js';
import { PHASE_WORDS, seconds } from './words.js';

/** One provider: what is known now, the last minute, the figures, and the buttons. */
export function LaneRow({ name, isFirst }: { readonly name: string; readonly isFirst: boolean }) {
  const lane = laneOf(name).value;
  const fold = useFold(lane.title, isFirst);
  return (
    <section class={`lane ${fold.class}`} data-lane={name} aria-labelledby={`${name}-title`}>
      <header class="lane-head">
        <h2 id={`${name}-title`}>{lane.title}</h2>
        <code class="base-url">{lane.baseURL.replace('http://', '')}</code>
        <p class="chips">
          <span class={`chip phase-${lane.phase}`} data-phase={lane.phase}>
            <PhaseGlyph phase={lane.phase} /> {PHASE_WORDS[lane.phase]}
          </span>
          <CoolingChip name={name} />
        </p>
        <Life name={name} />
        {fold.button}
      </header>
      <Timeline lane={lane} />
      <Figures counters={lane.counters} />
      <FaultButtons lane={name} />
    </section>
  );
}

function CoolingChip({ name }: { readonly name: string }) {
  const leftMs = coolingForMs(laneOf(name).value, clock.value);
  if (leftMs <= 0) return null;
  return (
    <span class="chip cooling" data-cooling>
      cooling down {Math.ceil(leftMs / 1000)} s
    </span>
  );
}

/** What is left of the token's life, and where its windows begin. */
function Life({ name }: { readonly name: string }) {
  const lane = laneOf(name).value;
  const { token, phase } = lane;
  if (token === undefined) return <p class="token-line">The first request fetches one.</p>;
  const leftMs = Math.max(0, token.expiresAt - clock.value);
  return (
    <>
      <p class="token-line">
        <b>#{token.serial}</b>{' '}
        <code title="The beginning of its SHA-256">{token.fingerprint}…</code>
        <span class="left">{leftMs > 0 ? `${seconds(leftMs)} left` : 'over'}</span>
      </p>
      <div
        class={`life phase-${phase}`}
        role="meter"
        aria-label="Life left"
        aria-valuemin={0}
        aria-valuemax={Math.round(token.lifetimeMs / 1000)}
        aria-valuenow={Math.round(leftMs / 1000)}
        style={windows(lane, token.lifetimeMs)}
      >
        <i style={{ transform: `scaleX(${(leftMs / token.lifetimeMs).toFixed(4)})` }} />
      </div>
    </>
  );
}

function windows({ earlyMs, lastMs }: LaneView, lifetimeMs: number): Record<string, string> {
  const share = (ms: number) => `${((100 * ms) / lifetimeMs).toFixed(1)}%`;
  return { '--early-at': share(earlyMs), '--last-at': share(lastMs) };
}

const FIGURES: readonly { readonly of: keyof Counters; readonly label: string }[] = [
  { of: 'requests', label: 'requests' },
  { of: 'tokenCalls', label: 'token calls' },
  { of: 'healed', label: '401s healed' },
  { of: 'replays', label: 'replays' },
  { of: 'waits', label: 'waited' },
  { of: 'joins', label: 'joined' },
  { of: 'failures', label: 'failures' },
];

function Figures({ counters }: { readonly counters: Counters }) {
  return (
    <dl class="figures">
      {FIGURES.map(({ of, label }) => (
        <div key={of} class={of === 'failures' && counters.failures > 0 ? 'bad' : ''}>
          <dt>{label}</dt>
          <dd data-figure={of}>{counters[of].toLocaleString('en').replaceAll(',', '\u202f')}</dd>
        </div>
      ))}
    </dl>
  );
}
