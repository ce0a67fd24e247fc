import type { Answer } from './answers.js';
import { json } from './answers.js';

/**
 * Refuses in Truecaller's `{ slug, message }`. Only the token endpoint's 401 is documented; the slug `authorization-error`
 * is the documented one, all others here are hypotheses in its style.
 *
 * @internal
 */
export function truecallerFailure(status: number, slug: string, message: string): Answer {
  return json(status, { slug, message });
}
