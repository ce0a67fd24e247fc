import type { TokenProof } from '../provider-definition/token-placement.js';
import type { AccessToken } from '../token/access-token.js';
import { discard } from './body-start.js';
import type { Exchange } from './exchange.js';
import { fetchCall } from './fetch-call.js';
import type { Fetch } from './send-token-request.js';

/** A fetch that sends a proof beside the token; and once more if the API refuses that proof and would take another. */
export function proving(
  { attachment, body }: Exchange,
  token: AccessToken,
  proof: TokenProof,
): Fetch {
  const { place, send, source } = attachment;
  return async (input, given) => {
    const { url, method, headers } = fetchCall(input, given);
    const carrier = { url, method, headers: Object.fromEntries(headers) };
    // A redirect to another origin has removed it.
    if (!place.find(carrier.headers, carrier).includes(token.authorization))
      return send(input, given);
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
