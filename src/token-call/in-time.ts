import { unavailable } from '../provider-definition/credentials.js';
import { within } from '../platform/waiting.js';

/**
 * What a function of a definition brings, within the time of the refresh.
 *
 * Throws what `unavailable` makes of its error, or of its silence.
 *
 * @param what - the function, and what is missing without it, for the error
 */
export async function inTime<T>(
  provider: string,
  what: string,
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const answered = work.catch((cause: unknown) => {
    throw unavailable(provider, what, 'rejected. See the cause.', cause);
  });
  const outcome = await within(answered, { signal });
  if (outcome.kind === 'done') return outcome.value;
  throw unavailable(
    provider,
    what,
    'did not answer in time. Make it answer within flightTimeoutMs, and respect its signal.',
  );
}
