import { useLayoutEffect, useRef } from 'preact/hooks';

import { useFold } from './fold.js';
import type { LogEntry } from './log.js';
import { frozenLog, log, titleOf } from './state.js';
import { inWords } from './words.js';

export function toggleLog(): void {
  frozenLog.value = frozenLog.peek() === undefined ? log.peek() : undefined;
}

/** What happened, in words, newest at the end. */
export function EventLog() {
  const isPaused = frozenLog.value !== undefined;
  const entries = frozenLog.value ?? log.value;
  const list = useRef<HTMLDivElement>(null);
  const fold = useFold('What happens', true);
  useLayoutEffect(() => {
    const { current } = list;
    if (current !== null && !isPaused) current.scrollTop = current.scrollHeight;
  }, [entries, isPaused]);
  return (
    <section class={`card log ${fold.class}`} aria-labelledby="log-title">
      <header>
        <h2 id="log-title">What happens</h2>
        <button type="button" aria-pressed={isPaused} onClick={toggleLog}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        {fold.button}
      </header>
      <div
        ref={list}
        role="log"
        aria-live={isPaused ? 'off' : 'polite'}
        aria-relevant="additions"
        aria-labelledby="log-title"
        tabIndex={0}
      >
        <ol>
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
        {entries.length === 0 && <p class="empty">Nothing yet. Start some requests.</p>}
      </div>
    </section>
  );
}

function Entry({ entry }: { readonly entry: LogEntry }) {
  const isYours = entry.kind === 'pressed' || entry.kind === 'switched';
  const isBad = entry.kind === 'failed';
  return (
    <li class={isYours ? 'yours' : isBad ? 'bad' : ''}>
      <time dateTime={new Date(entry.at).toISOString()}>
        {new Date(entry.at).toLocaleTimeString('en-GB')}
      </time>{' '}
      <b>{titleOf(entry.lane)}</b> {inWords(entry)}
    </li>
  );
}
