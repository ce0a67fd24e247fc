import type { ComponentChildren } from 'preact';

import type { Phase } from '../happening.js';
import type { CrowdKind } from '../lane-view.js';
import { send, setLoad } from './connection.js';
import { pressedState } from './fault-buttons.js';
import { useFold } from './fold.js';
import { CrowdGlyph, PhaseGlyph } from './glyphs.js';
import { requestsPerSecond } from './state.js';
import { PHASE_WORDS } from './words.js';

const ENOUGH_LOAD = 60;

function underLoad(): void {
  if (requestsPerSecond.peek() < ENOUGH_LOAD) setLoad(ENOUGH_LOAD);
}

/** Three experiments, each with what to look at. */
export function TryThis() {
  const isDown = pressedState('fail') === 'true';
  const fold = useFold('Try this');
  return (
    <section class={`card try ${fold.class}`} aria-labelledby="try-title">
      <header>
        <h2 id="try-title">Try this</h2>
        {fold.button}
      </header>
      <ol>
        <Experiment
          title="Revoke under load"
          button="Revoke all"
          onClick={() => {
            underLoad();
            send({ do: 'press', fault: 'revoke' });
          }}
        >
          Every request under way draws a 401. Look for <b>one</b> token call per provider: everyone
          else joins it, is sent again and succeeds. <em>Failures stay 0.</em>
        </Experiment>
        <Experiment
          title="Expire under load"
          button="Expire all"
          onClick={() => {
            underLoad();
            send({ do: 'press', fault: 'expire' });
          }}
        >
          The tokens die before their stated expiry, so no clock could predict it. The life bar is
          still long, yet the first 401 makes the token suspect and it is replaced.{' '}
          <em>Failures stay 0.</em>
        </Experiment>
        <Experiment
          title="Token endpoint down, token valid"
          button={isDown ? 'Bring it back' : 'Take it down'}
          onClick={() => {
            underLoad();
            send({ do: 'switch', fault: 'fail', on: !isDown });
          }}
        >
          Wait for a band to turn early: calls fail, then pause for the cool-down, and requests go
          out anyway. <em>Failures stay 0</em> while the token lives. Leave it down past the end,
          and requests fail at once, unsent.
        </Experiment>
      </ol>
    </section>
  );
}

function Experiment({
  title,
  button,
  onClick,
  children,
}: {
  readonly title: string;
  readonly button: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <li>
      <h3>{title}</h3>
      <p>{children}</p>
      <button type="button" class="deed" onClick={onClick}>
        {button}
      </button>
    </li>
  );
}

const PHASES: readonly { readonly phase: Phase; readonly explained: string }[] = [
  { phase: 'fresh', explained: 'sent at once, nothing else happens' },
  { phase: 'early', explained: 'still sent; a new one is fetched in the background' },
  { phase: 'last', explained: 'requests wait for a new one; if none comes, this one does' },
  { phase: 'suspect', explained: 'drew a 401: requests wait for its replacement' },
  { phase: 'expired', explained: 'never sent again' },
  { phase: 'none', explained: 'none fetched yet' },
];

const MARKS: readonly { readonly kind: CrowdKind; readonly explained: string }[] = [
  { kind: 'rejected', explained: "the API rejected the request's token" },
  { kind: 'joined', explained: 'joined the token call under way' },
  { kind: 'waited', explained: 'waited for a token before it went out' },
  { kind: 'replayed', explained: 'sent again with the new token' },
  { kind: 'failed', explained: 'failed, and its caller saw it' },
];

/** What the shapes and patterns mean. */
export function Legend() {
  const fold = useFold('Legend');
  return (
    <section class={`card legend ${fold.class}`} aria-labelledby="legend-title">
      <header>
        <h2 id="legend-title">Legend</h2>
        {fold.button}
      </header>
      <ul>
        {PHASES.map(({ phase, explained }) => (
          <li key={phase}>
            <span class={`chip phase-${phase}`}>
              <PhaseGlyph phase={phase} /> {PHASE_WORDS[phase]}
            </span>
            <span>{explained}</span>
          </li>
        ))}
        <li>
          <span class="chip cooling">cooling down</span>
          <span>the token endpoint is not called for a while</span>
        </li>
        {MARKS.map(({ kind, explained }) => (
          <li key={kind}>
            <span class={`sample mark ${kind} ${kind === 'failed' ? 'bad' : ''}`}>
              <CrowdGlyph kind={kind} />
            </span>
            <span>{explained}</span>
          </li>
        ))}
        <li>
          <span class="sample bars">
            <i /> <i /> <i />
          </span>
          <span>requests that ended, each half second; red if failed</span>
        </li>
        <li>
          <span class="sample call good">
            <i class="bar" />
          </span>
          <span>a token call, as long as it took; hollow if it failed</span>
        </li>
      </ul>
    </section>
  );
}
