const SHOWN = 4;
/** Eight characters of a shorter token would give too much away. */
const SHORTEST_SHOWN = 32;

/** Enough of a token to distinguish it from another, too little to use it. */
export function masked(token: string): string {
  return token.length < SHORTEST_SHOWN
    ? '********'
    : `${token.slice(0, SHOWN)}…${token.slice(-SHOWN)}`;
}
