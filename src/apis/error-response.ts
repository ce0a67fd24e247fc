import { scrubText } from '../concealment/scrub-text.js';
import type { HttpAnswer } from './send-request.js';

/** The part of a response that an error keeps, in the same place as axios. */
export interface ApiErrorResponse {
  /** The HTTP status as it came. */
  readonly status: number;
  /** The body as it came, without secrets: long texts and large bodies are cut. */
  readonly data: unknown;
}

/** An error body is for a person to read: anything beyond these limits is left out. */
const MOST_VALUES = 1_000;
const DEEPEST = 12;
const MOST_READ = 4_000;
const LONGEST_TEXT = 500;

/** A copy of the response that is safe to keep. The work is bounded, whatever the server sent. */
export function toErrorResponse(
  { status, body }: Pick<HttpAnswer, 'status' | 'body'>,
  secrets: readonly string[],
): ApiErrorResponse {
  let left = MOST_VALUES;

  function clean(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return scrubbed(value, secrets);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > DEEPEST || !isPlain(value)) return undefined;
    if (Array.isArray(value)) return value.slice(0, left).flatMap((item) => kept(item, depth));
    const entries = Object.entries(value)
      .slice(0, left)
      .flatMap(([key, item]) => kept(item, depth).map((copy) => [scrubbed(key, secrets), copy]));
    // Own properties, even for the key __proto__.
    return Object.fromEntries(entries) as unknown;
  }

  function kept(item: unknown, depth: number): unknown[] {
    left -= 1;
    return left < 0 ? [] : [clean(item, depth + 1)];
  }

  return Object.freeze({ status, data: clean(body, 0) });
}

function scrubbed(text: string, secrets: readonly string[]): string {
  const clean = scrubText(text.slice(0, MOST_READ), secrets);
  return clean.length > LONGEST_TEXT ? `${clean.slice(0, LONGEST_TEXT)}…` : clean;
}

/** JSON, not a stream: an unread body is the connection itself. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
