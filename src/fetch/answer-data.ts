import { startOf } from './body-start.js';

/** An answer that says something about a token is short. */
const LONGEST_READ_BYTES = 1_000_000;

/**
 * The data of an answer for `isTokenRejection`, which the caller can still read: parsed JSON, or the text of an error. `undefined` for
 * anything else, such as a stream of events, which has to reach the caller as it comes.
 */
export async function readableData(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  const isJSON = /[/+]json\b/i.test(type);
  const isText = response.status >= 400 && !/event-stream/i.test(type);
  if (!(isJSON || isText) || response.bodyUsed) return undefined;
  try {
    const bytes = await startOf(response.clone(), LONGEST_READ_BYTES);
    return bytes && parsed(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // It was cut off, as the caller will see.
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
