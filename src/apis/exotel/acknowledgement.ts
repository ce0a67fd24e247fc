import type { ExotelAnswer } from './exotel-client.js';
import type { ExotelAcknowledgement } from './presence.js';

/** Any answer but a page of text, which comes from something else on the way. @internal */
export function acknowledgementIn(answer: ExotelAnswer): ExotelAcknowledgement {
  const { body, requestId } = answer;
  if (typeof body === 'string' && body !== '') throw answer.unexpected('The answer is not JSON.');
  return { requestId, raw: body };
}
