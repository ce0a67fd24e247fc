/** The credentials that are valid now. */
export interface CredentialBox<Credentials> {
  readonly current: Credentials;
  rotate(): Credentials;
  reset(): void;
}

/**
 * Creates a box that holds the first generation.
 *
 * @param make - writes the credentials of a generation, counted from 1
 */
export function createCredentialBox<Credentials extends object>(
  make: (generation: number) => Credentials,
): CredentialBox<Credentials> {
  let generation = 1;
  let current = Object.freeze(make(generation));
  return {
    get current() {
      return current;
    },
    rotate() {
      generation += 1;
      current = Object.freeze(make(generation));
      return current;
    },
    reset() {
      generation = 1;
      current = Object.freeze(make(generation));
    },
  };
}
