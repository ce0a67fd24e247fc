import { read } from '../concealment/any-object.js';
import { within } from '../platform/waiting.js';
import {
  answered,
  LONGEST_ANSWER_BYTES,
  noAnswer,
  type SendTokenRequest,
} from '../token-call/token-endpoint.js';
import { startOf } from './body-start.js';

/** A function with the signature of `fetch`: the runtime's, or undici's, whose types are incompatible with those of the runtime. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- says why above
export type FetchFunction = (input: any, init?: any) => Promise<unknown>;

export type Fetch = typeof globalThis.fetch;

/** The fetch that the user gave, or the global one at the time of the call, so that mocks of it are used. */
export function fetchOf(given: FetchFunction | undefined): Fetch {
  // Not called as a method: a browser's fetch refuses any `this` but the window.
  return given === undefined
    ? (input, init) => globalThis.fetch(input, init)
    : (input, init) => given(input, init) as Promise<Response>;
}

/** Sends token requests with fetch. */
export function fetchSender(send: Fetch): SendTokenRequest {
  return async ({ url, method, headers, data }, { signal }) => {
    const call = async () => {
      const init = { method, headers, body: data ?? null, signal };
      const response = await send(url, { ...init, redirect: 'manual' });
      const body = await startOf(response, LONGEST_ANSWER_BYTES);
      if (body === undefined) return noAnswer('ERR_BAD_RESPONSE');
      return answered({
        // A browser hides the status of a redirect that it does not follow.
        status: response.type === 'opaqueredirect' ? 302 : response.status,
        headers: Object.fromEntries(response.headers),
        setCookies: response.headers.getSetCookie(),
        text: new TextDecoder().decode(body),
      });
    };
    try {
      // The user's fetch may ignore the signal; the time limit holds anyway.
      const outcome = await within(call(), { signal });
      return outcome.kind === 'done' ? outcome.value : noAnswer('ERR_CANCELED');
    } catch (error) {
      if (signal.aborted) return noAnswer('ERR_CANCELED');
      // The error of another fetch may hold the request with its secret, so only its code is kept.
      const code = [read(error, 'cause', 'code'), read(error, 'code')].find(isCode);
      return code === undefined
        ? noAnswer('ERR_NETWORK', { message: WITHOUT_CODE })
        : noAnswer(code);
    }
  };
}

const WITHOUT_CODE =
  'fetch failed without an error code; in a browser, the server may not allow the origin of the page (CORS)';

function isCode(code: unknown): code is string {
  return typeof code === 'string' && code !== '';
}
