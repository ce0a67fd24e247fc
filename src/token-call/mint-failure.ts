import type { TokenAcquisitionError } from '../errors/index.js';
import type { Concern, CoolDownCause } from '../token/lifecycle.js';

/** An `EndpointFailure` as `sharing/` throws it, until that returns values. */
export class MintFailure extends Error {
  constructor(
    readonly error: TokenAcquisitionError,
    override readonly cause: CoolDownCause,
    readonly concerns: Concern,
    readonly retryAfterMs?: number,
  ) {
    super(error.message);
  }
}
