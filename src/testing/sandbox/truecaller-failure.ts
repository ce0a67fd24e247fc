import { json, type Answer } from './answers.js';

/**
 * Refuses in Truecaller's `{ slug, message }`. Documented slugs are `authorization-error`, `forbidden-error` and `invalid-input`;
 * all others here are guesses in their style.
 */
export function truecallerFailure(status: number, slug: string, message: string): Answer {
  return json(status, { slug, message });
}

export function unauthorized(message: string): Answer {
  return truecallerFailure(401, 'authorization-error', message);
}

/** Words of the documented 401 of the token endpoint. */
export const MISSING_HEADER = 'Missing authorization header';
