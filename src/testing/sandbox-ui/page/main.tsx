import { render } from 'preact';

import { MOST_REQUESTS_PER_SECOND } from '../happening.js';
import { listen, setLoad } from './connection.js';
import { EventLog } from './event-log.js';
import { FaultButtons } from './fault-buttons.js';
import { run } from './film.js';
import { Legend, TryThis } from './guide.js';
import { LaneRow } from './lane-row.js';
import { onShortcut, openShortcuts, ShortcutDialog } from './shortcuts.js';
import { allLanes, connection, laneNames, requestsPerSecond } from './state.js';
import { nextTheme, theme } from './theme.js';
import { Tip } from './timeline.js';

function Page() {
  return (
    <>
      <Banner />
      <div class={`sheet ${connection.value}`}>
        <Masthead />
        <Controls />
        <main>
          {laneNames.value.map((name, index) => (
            <LaneRow key={name} name={name} isFirst={index === 0} />
          ))}
          {laneNames.value.length === 0 && <Empty />}
        </main>
        <aside>
          <TryThis />
          <EventLog />
          <Legend />
        </aside>
      </div>
      <Tip />
      <ShortcutDialog />
    </>
  );
}

function Banner() {
  if (connection.value !== 'lost') return null;
  return (
    <p class="banner" role="alert">
      <b>The sandbox is gone.</b> What you see is from before. Start it again, and this page comes
      back by itself.
    </p>
  );
}

function Masthead() {
  return (
    <header class="masthead">
      <div>
        <h1>The life of a token</h1>
        <p>
          Each lane is one provider: requests go out without a pause while <code>axios-bearer</code>{' '}
          fetches its token, renews it ahead of time and heals every 401 that can be healed.
        </p>
      </div>
      <nav aria-label="Page">
        <button type="button" onClick={openShortcuts}>
          Keyboard <kbd>?</kbd>
        </button>
        <button type="button" onClick={nextTheme} aria-label={`Theme: ${theme.value}. Change it.`}>
          Theme: {theme.value}
        </button>
      </nav>
    </header>
  );
}

function Controls() {
  const total = (of: 'requests' | 'failures') =>
    allLanes.value.reduce((sum, { counters }) => sum + counters[of], 0);
  const failures = total('failures');
  return (
    <section class="controls" aria-label="Load, and faults at all providers">
      <label class="load">
        <span>
          Load <output>{requestsPerSecond.value}</output> requests/s
        </span>
        <input
          type="range"
          min={0}
          max={MOST_REQUESTS_PER_SECOND}
          step={5}
          value={requestsPerSecond.value}
          disabled={connection.value === 'lost'}
          aria-valuetext={`${requestsPerSecond.value} requests per second, over all providers`}
          onInput={({ currentTarget }) => setLoad(Number(currentTarget.value))}
        />
      </label>
      <div class="for-all">
        <h2>At all providers</h2>
        <FaultButtons />
      </div>
      <p class={`verdict ${failures > 0 ? 'bad' : ''}`}>
        <b data-figure="all-failures">{failures.toLocaleString('en')}</b> failed of{' '}
        <span>{total('requests').toLocaleString('en')}</span>
      </p>
    </section>
  );
}

const EMPTY: Readonly<Record<typeof connection.value, string>> = {
  connecting: 'Asking the sandbox for its providers…',
  open: 'The sandbox runs none of the providers that this page can show.',
  lost: 'There is nothing to show without it.',
};

function Empty() {
  return (
    <p class="empty-page" role="status">
      {EMPTY[connection.value]}
    </p>
  );
}

const root = document.getElementById('page');
if (root === null) throw new Error('The document has no place for the page.');
root.replaceChildren();
render(<Page />, root);
document.addEventListener('keydown', onShortcut);
run();
listen();
