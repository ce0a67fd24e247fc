const SHOWN = 4;
/** Below this, eight characters would be too large a part of the token. */
const SHORTEST_SHOWN = 32;

/** Enough of a token to tell two of them apart, too little to use it. */
export function masked(token: string): string {
  return token.length < SHORTEST_SHOWN
    ? '********'
    : `${token.slice(0, SHOWN)}…${token.slice(-SHOWN)}`;
}
