import { abort } from './abort.js';
import { always401 } from './always-401.js';
import { anyStatus } from './any-status.js';
import { bodyKinds } from './body-kinds.js';
import { coldStorm } from './cold-storm.js';
import { failingEndpoint } from './failing-endpoint.js';
import { failingRenewal } from './failing-renewal.js';
import { hangingEndpoint } from './hanging-endpoint.js';
import { interceptorsOnce } from './interceptors-once.js';
import { late401 } from './late-401.js';
import { longReplay } from './long-replay.js';
import { malformedTokens } from './malformed-tokens.js';
import { microtaskSweep } from './microtask-sweep.js';
import { oddLifetimes } from './odd-lifetimes.js';
import { otherOrigins } from './other-origins.js';
import { ownAuthorization } from './own-authorization.js';
import { rejectedCredentials } from './rejected-credentials.js';
import { retryAfter } from './retry-after.js';
import { revocationStorm } from './revocation-storm.js';
import type { Scenario } from './scenario.js';
import { secondDeath } from './second-death.js';
import { secretsInErrors } from './secrets-in-errors.js';

/** In the order of the page. */
export const scenarios: readonly Scenario[] = [
  coldStorm,
  revocationStorm,
  late401,
  longReplay,
  secondDeath,
  microtaskSweep,
  always401,
  anyStatus,
  bodyKinds,
  interceptorsOnce,
  ownAuthorization,
  otherOrigins,
  secretsInErrors,
  abort,
  hangingEndpoint,
  failingEndpoint,
  failingRenewal,
  retryAfter,
  rejectedCredentials,
  malformedTokens,
  oddLifetimes,
];
