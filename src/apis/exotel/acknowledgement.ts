import type { ExotelAnswer } from './exotel-client.js';

/** An answer whose body the docs do not show. */
export interface ExotelAcknowledgement {
  requestId: string | undefined;
  raw: unknown;
}

/** Any answer except text, which does not come from Exotel. @internal */
export function acknowledgementIn(answer: ExotelAnswer): ExotelAcknowledgement {
  const { body, requestId } = answer;
  if (typeof body === 'string' && body !== '') throw answer.unexpected('The answer is not JSON.');
  return { requestId, raw: body };
}
