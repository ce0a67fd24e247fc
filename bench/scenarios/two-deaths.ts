import { count, type Cell } from './scenario.js';

/** Two deaths of the token should cost two token calls, and no request. */
export function twoDeathsCell(
  statuses: readonly (number | 'failed' | 'still waiting')[],
  tokenCalls: number,
): Cell {
  const failed = statuses.filter((status) => status !== 200).length;
  return {
    text: `${count(tokenCalls, 'token call')}, ${failed === 0 ? 'none' : `${failed} of ${statuses.length}`} failed`,
    isGood: tokenCalls === 2 && failed === 0,
  };
}
