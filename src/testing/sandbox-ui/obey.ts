import { type Command, parseCommand } from './commands.js';
import type { Lane } from './lane.js';
import type { Load } from './load.js';

/** Carries out the command in a body, and returns whether it was one. */
export function obeying(lanes: ReadonlyMap<string, Lane>, load: Load): (body: string) => boolean {
  return (body) => {
    const command = parseCommand(body);
    const meant = command === undefined ? undefined : lanesMeant(command, lanes);
    if (command === undefined || meant === undefined) return false;
    if (command.do === 'load') load.perSecond = command.perSecond;
    else for (const lane of meant) carryOut(command, lane);
    return true;
  };
}

/** `undefined` if it names a lane that does not exist. */
function lanesMeant(
  command: Command,
  lanes: ReadonlyMap<string, Lane>,
): readonly Lane[] | undefined {
  if (command.do === 'load' || command.lane === undefined) return [...lanes.values()];
  const lane = lanes.get(command.lane);
  return lane === undefined ? undefined : [lane];
}

function carryOut(command: Exclude<Command, { do: 'load' }>, lane: Lane): void {
  switch (command.do) {
    case 'burst':
      lane.burst();
      break;
    case 'press':
      lane.press(command.fault);
      break;
    case 'switch':
      lane.faults.switch(command.fault, command.on);
      break;
    case 'recover':
      lane.faults.recover();
  }
}
