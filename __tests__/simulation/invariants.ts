/** Every promise that the simulation checks, by the name under which a violation of it is reported. */
export type Invariant =
  | 'the windows fit the life'
  | 'a refresh starts in the early window, and before the last moments'
  | 'at most one flight for each key'
  | 'no token call while the endpoint gate cools'
  | 'a flight makes three token calls at most'
  | 'the token budget is kept'
  | 'a cool-down lasts as long as the table says'
  | 'rejected credentials stay rejected'
  | 'a replaced token is never sent again'
  | 'no token from before clear() is served after it'
  | 'an expired token is served only as maxStale allows'
  | 'a suspect token is never served as stale'
  | 'each refresh has a reason'
  | 'a flight ends in time'
  | 'no caller waits for ever'
  | 'a caller fails only if no usable token existed and none could be had'
  | 'a caller ends only by what happened to it'
  | 'a late 401 doubts no other token'
  | '401s force no more mints than the budget has'
  | 'a 401 is passed on only where the budget is spent'
  | 'the source recovers once its surroundings have'
  | 'nothing is left after close()';

/** The promises that concern several processes and the store between them. */
export type FleetInvariant =
  | 'each mint of the fleet has a need'
  | 'each token call of a process has a reason'
  | 'forced mints are limited'
  | 'mints without the store are rare'
  | 'the store is asked again soon'
  | 'a dead token does not come back'
  | 'a replaced token is never sent again'
  | 'no token from before clear() is served after it'
  | 'a live lease is never stolen'
  | 'a late holder overwrites no newer token'
  | 'a holder at work is not overtaken'
  | 'no lease stays'
  | 'no caller waits for ever'
  | 'a caller fails only if no usable token existed and none could be had'
  | 'a request fails only if its surroundings explain it'
  | 'a caller ends only by what happened to it'
  | 'the fleet recovers once its surroundings have'
  | 'nothing is left after close()';

export class Violation extends Error {
  constructor(
    readonly invariant: Invariant | FleetInvariant,
    detail: string,
  ) {
    super(`${invariant}: ${detail}`);
    this.name = 'Violation';
  }
}
