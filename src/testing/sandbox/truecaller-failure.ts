import type { Answer } from './answers.js';
import { json } from './answers.js';

/**
 * Refuses in Truecaller's `{ slug, message }`. Documented slugs are `authorization-error`, `forbidden-error` and `invalid-input`;
 * all others here are guesses in their style.
 *
 * @internal
 */
export function truecallerFailure(status: number, slug: string, message: string): Answer {
  return json(status, { slug, message });
}

/** @internal */
export function unauthorized(message: string): Answer {
  return truecallerFailure(401, 'authorization-error', message);
}

/** Words of the documented 401 of the token endpoint. @internal */
export const MISSING_HEADER = 'Missing authorization header';
