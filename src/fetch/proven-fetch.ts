import type { TokenProof } from '../provider-definition/token-placement.js';
import type { AccessToken } from '../token/access-token.js';
import type { TokenSource } from '../token-source/token-source.js';
import { discard } from './body-start.js';
import { fetchCall } from './fetch-call.js';
import type { RequestBody } from './request-body.js';
import type { Fetch } from './send-token-request.js';

interface Proving {
  readonly proof: TokenProof;
  readonly source: TokenSource;
  readonly token: AccessToken;
  readonly body: RequestBody;
}

/** A fetch that sends a proof alongside the token, and once more if the API refuses that proof and would accept another. */
export function proving(send: Fetch, { proof, source, token, body }: Proving): Fetch {
  return async (input, given) => {
    const { url, method, headers } = fetchCall(input, given);
    const carrier = { url, method, headers: Object.fromEntries(headers) };
    let init = given ?? {};
    const last = await proof.send({
      ...{ url, carrier, token, clock: source.clock },
      async attempt() {
        const response = await send(input, { ...init, headers: carrier.headers });
        const { status } = response;
        return { response, answer: { status, headers: Object.fromEntries(response.headers) } };
      },
      async again({ response }) {
        // After some redirects the body is left out.
        const next = init.body === null ? {} : await body.again();
        if (next === undefined) return false;
        discard(response.body);
        init = { ...init, ...(next.body && { body: next.body }) };
        return true;
      },
    });
    return last.response;
  };
}
