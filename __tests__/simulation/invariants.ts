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

export class Violation extends Error {
  constructor(
    readonly invariant: Invariant,
    detail: string,
  ) {
    super(`${invariant}: ${detail}`);
    this.name = 'Violation';
  }
}
