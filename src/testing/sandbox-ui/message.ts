import type { Happening } from './happening.js';
import type { LaneView } from './lane-view.js';

/** One message of the event stream. */
export type Message =
  | {
      readonly kind: 'hello';
      /** The time by the server's clock, which pages use. */
      readonly now: number;
      readonly requestsPerSecond: number;
      readonly lanes: readonly LaneView[];
      /** The latest earlier events, for the log. */
      readonly recent: readonly Happening[];
    }
  | {
      readonly kind: 'happened';
      readonly now: number;
      readonly requestsPerSecond: number;
      readonly happenings: readonly Happening[];
    };

/** The header that a command must carry: a page of another origin cannot send it without a CORS preflight. */
export const COMMAND_HEADER = 'x-sandbox-ui';
