import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const TURNS = 10;

/** Whether something still leads to an object. If not, what a FinalizationRegistry calls back has been called. */
export async function isInMemory(ref: WeakRef<object>): Promise<boolean> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await nextTurn(); // A WeakRef keeps its target for the turn in which it was made or read.
    collectGarbage();
    if (ref.deref() !== undefined) continue;
    for (let later = 0; later < TURNS; later += 1) await nextTurn();
    return false;
  }
  return true;
}
