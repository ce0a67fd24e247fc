import { unavailable } from '../provider-definition/credentials.js';
import { within } from '../platform/waiting.js';

/**
 * The result of a function of a definition, within the time limit of the refresh.
 *
 * Throws the error that `unavailable` makes if the function fails or takes too long.
 *
 * @param what - what is missing without the function, and its name, for the error
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
