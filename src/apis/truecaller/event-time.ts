import { ApiPayloadError } from '../api-payload-error.js';
import type { Webhook } from '../webhook-body.js';
import { numberOf, textOf } from '../wire-values.js';

/**
 * The time of an event. Tables say "Timestamp", samples have epoch seconds in a string; ISO 8601 is how the token call writes time.
 *
 * @throws ApiPayloadError for anything else.
 * @internal
 */
export function eventTime(value: unknown, field: string, webhook: Webhook): Date | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const seconds = numberOf(text);
  const at = seconds === undefined ? Date.parse(text) : seconds * 1000;
  if (Number.isNaN(at) || Math.abs(at) > LATEST_MS) {
    throw new ApiPayloadError({ ...webhook, field, problem: 'is not a timestamp' });
  }
  return new Date(at);
}

/** Year 5138. A larger number is not in seconds, and guessing would put a wrong date into a report. */
const LATEST_MS = 1e14;
