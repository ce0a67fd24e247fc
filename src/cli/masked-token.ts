const SHOWN = 4;
/** In a shorter token, eight characters would be too large a part. */
const SHORTEST_SHOWN = 32;

/** Enough of a token to distinguish it from another, too little to use it. */
export function masked(token: string): string {
  return token.length < SHORTEST_SHOWN
    ? '********'
    : `${token.slice(0, SHOWN)}…${token.slice(-SHOWN)}`;
}
