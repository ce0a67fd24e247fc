import {
  BURST_REQUESTS,
  LASTING_FAULTS,
  type LastingFault,
  MOMENTARY_FAULTS,
} from '../happening.js';
import { send } from './connection.js';
import { allLanes, connection, laneNames, laneOf } from './state.js';
import { FAULT_WORDS } from './words.js';

/** The buttons for what can go wrong, at one provider or, if none is named, at all of them. */
export function FaultButtons({ lane }: { readonly lane?: string }) {
  const where = lane === undefined ? 'all providers' : laneOf(lane).value.title;
  const on = (fault: LastingFault) => pressedState(fault, lane);
  const isGone = connection.value === 'lost';
  const isDisturbed = LASTING_FAULTS.some((fault) => on(fault) !== 'false');
  return (
    <div class="faults" role="group" aria-label={`Faults at ${where}`}>
      {MOMENTARY_FAULTS.map((fault) => (
        <button
          key={fault}
          type="button"
          class="deed"
          data-fault={fault}
          disabled={isGone}
          title={FAULT_WORDS[fault].explained}
          onClick={() => send({ do: 'press', fault, lane })}
        >
          {FAULT_WORDS[fault].label}
        </button>
      ))}
      <span class="divider" />
      {LASTING_FAULTS.map((fault) => (
        <button
          key={fault}
          type="button"
          class="toggle"
          data-fault={fault}
          disabled={isGone}
          aria-pressed={on(fault)}
          title={FAULT_WORDS[fault].explained}
          onClick={() => toggle(fault, lane)}
        >
          {FAULT_WORDS[fault].label}
        </button>
      ))}
      <button
        type="button"
        class="deed"
        data-fault="recover"
        disabled={isGone || !isDisturbed}
        title="Switches every fault off."
        onClick={() => send({ do: 'recover', lane })}
      >
        All well
      </button>
      <span class="divider" />
      <button
        type="button"
        class="deed"
        data-fault="burst"
        disabled={isGone}
        title={`${BURST_REQUESTS} requests at once, at each provider meant.`}
        onClick={() => send({ do: 'burst', lane })}
      >
        Burst of {BURST_REQUESTS}
      </button>
    </div>
  );
}

export function pressedState(fault: LastingFault, lane?: string): 'true' | 'false' | 'mixed' {
  const lanes = lane === undefined ? allLanes.value : [laneOf(lane).value];
  const disturbed = lanes.filter(({ faults }) => faults.includes(fault)).length;
  if (disturbed === 0) return 'false';
  return disturbed === lanes.length ? 'true' : 'mixed';
}

export function toggle(fault: LastingFault, lane?: string): void {
  if (laneNames.peek().length === 0) return;
  send({ do: 'switch', fault, on: pressedState(fault, lane) !== 'true', lane });
}
