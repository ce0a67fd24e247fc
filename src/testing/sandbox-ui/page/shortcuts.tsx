import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { MOST_REQUESTS_PER_SECOND } from '../happening.js';
import { send, setLoad } from './connection.js';
import { toggleLog } from './event-log.js';
import { toggle } from './fault-buttons.js';
import { laneNames, requestsPerSecond } from './state.js';
import { nextTheme } from './theme.js';

const isOpen = signal(false);
const areOn = signal(true);

interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
  readonly run: (key: string) => void;
}

const changeLoad = (by: number) =>
  setLoad(Math.min(MOST_REQUESTS_PER_SECOND, Math.max(0, requestsPerSecond.peek() + by)));

/** They act on all providers; the buttons of a lane act on one. */
const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['r'], does: 'revoke all tokens', run: () => send({ do: 'press', fault: 'revoke' }) },
  { keys: ['e'], does: 'expire all tokens', run: () => send({ do: 'press', fault: 'expire' }) },
  { keys: ['s'], does: 'slow token endpoints', run: () => toggle('slow') },
  { keys: ['f'], does: 'failing token endpoints', run: () => toggle('fail') },
  { keys: ['h'], does: 'hanging token endpoints', run: () => toggle('hang') },
  { keys: ['l'], does: 'rate-limited token endpoints', run: () => toggle('rate-limit') },
  { keys: ['o'], does: 'one active token only', run: () => toggle('one-active-token') },
  { keys: ['w'], does: 'all well again', run: () => send({ do: 'recover' }) },
  { keys: ['b'], does: 'burst of 50 at each provider', run: () => send({ do: 'burst' }) },
  { keys: ['+', '='], does: 'more load', run: () => changeLoad(20) },
  { keys: ['-'], does: 'less load', run: () => changeLoad(-20) },
  {
    keys: ['1', '2', '3', '4', '5', '6', '7'],
    does: 'go to a provider’s time line',
    run: goToLane,
  },
  { keys: ['p'], does: 'pause or go on with the log', run: toggleLog },
  { keys: ['t'], does: 'change the theme', run: nextTheme },
  { keys: ['?'], does: 'this list', run: openShortcuts },
];

export function openShortcuts(): void {
  isOpen.value = true;
}

function goToLane(key: string): void {
  const name = laneNames.peek()[Number(key) - 1] ?? '';
  const lane = document.querySelector(`[data-lane="${name}"]`);
  lane?.querySelector<HTMLElement>('.unfold[aria-expanded="false"]')?.click();
  // Once it is unfolded.
  requestAnimationFrame(() => lane?.querySelector<HTMLElement>('.frame')?.focus());
}

export function onShortcut(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isOpen.peek()) return;
  const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(event.key));
  if (shortcut === undefined || (!areOn.peek() && event.key !== '?')) return;
  event.preventDefault();
  shortcut.run(event.key);
}

/** The list of shortcuts, and a way to turn them off for users of speech input (WCAG 2.1.4). */
export function ShortcutDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = isOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="shortcuts-title"
      onClose={() => {
        isOpen.value = false;
      }}
    >
      <h2 id="shortcuts-title">Keyboard</h2>
      <dl>
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {(keys.length > 2 ? [`${keys[0] ?? ''}–${keys.at(-1) ?? ''}`] : keys.slice(0, 1)).map(
                (key) => (
                  <kbd key={key}>{key}</kbd>
                ),
              )}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>←</kbd> <kbd>→</kbd>
          </dt>
          <dd>in a time line: from sign to sign</dd>
        </div>
      </dl>
      <label>
        <input
          type="checkbox"
          checked={areOn.value}
          onChange={({ currentTarget }) => {
            areOn.value = currentTarget.checked;
          }}
        />{' '}
        Single-key shortcuts
      </label>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
