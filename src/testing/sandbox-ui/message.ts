import type { Happening } from './happening.js';
import type { LaneView } from './lane-view.js';

/** One message of the event stream. */
export type Message =
  | {
      readonly kind: 'hello';
      /** The server's clock: pages count in it. */
      readonly now: number;
      readonly requestsPerSecond: number;
      readonly lanes: readonly LaneView[];
      /** The latest of what was told before, for the log. */
      readonly recent: readonly Happening[];
    }
  | {
      readonly kind: 'happened';
      readonly now: number;
      readonly requestsPerSecond: number;
      readonly happenings: readonly Happening[];
    };

/** The header that a command must carry: no page of another origin can send it without being asked first. */
export const COMMAND_HEADER = 'x-sandbox-ui';
