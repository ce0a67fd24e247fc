import { isPromise } from '../errors/option-rules.js';
import {
  checkTokenURL,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import type { TokenParams } from '../token/token-params.js';
import { inTime } from './in-time.js';
import { failureIn, readBy } from './failed-answer.js';
import { classifyTokenFailure, oauthErrorFields } from './token-failure.js';
import { encodeTokenRequest, type EncodedTokenRequest } from './encode-token-request.js';
import { accessTokenProblem } from './access-token-checks.js';
import type { ParsedToken } from '../provider-definition/token-response.js';
import { madeRequest } from './made-request.js';
import { malformed, refused, unreachable, type EndpointCallContext } from './failed-call.js';
import type { CallFor, Found, ReadyCall } from './ready-call.js';
import { orLocalFailure, type Failed } from './token-call-failure.js';
import type { TokenEndpointAnswer } from './token-endpoint.js';

/** A call of the token endpoint, with the token request that the definition makes from the credentials and parameters. */
export async function endpointCall(
  context: CallFor<TokenEndpointProvider>,
): Promise<ReadyCall | Failed> {
  const { provider, params, options, signal } = context;
  return orLocalFailure(provider.name, async () => {
    const credentials = await context.askCredentials(signal);
    const made = await madeRequest({
      provider,
      credentials,
      params,
      options,
      signal,
      purpose: 'token call',
    });
    if (made.kind === 'failed') return made;
    const { request } = made;
    const encoded = encodeTokenRequest(request, provider.baseURL);
    // Checked each time, because it may depend on the parameters and the credentials.
    checkTokenURL(provider, encoded.url);
    const call: EndpointCallContext = { provider, credentials, request, options };
    const ready: ReadyCall = {
      kind: 'ready',
      account: { credentials, url: encoded.url },
      target: target(encoded),
      send: async (bounded) => {
        const outcome = await options.sendTokenRequest(encoded, { signal: bounded });
        return outcome.kind === 'answered'
          ? readAnswer(call, params, outcome.answer)
          : unreachable(call, outcome);
      },
    };
    return ready;
  });
}

function target({ url, method }: EncodedTokenRequest) {
  const { hostname, port, protocol } = new URL(url);
  const serverPort = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return { method, serverAddress: hostname, serverPort };
}

function readAnswer(
  call: EndpointCallContext,
  params: TokenParams,
  answer: TokenEndpointAnswer,
): Found | Failed {
  const { provider, credentials } = call;
  const judged = failureIn(call, answer);
  if (judged.kind === 'failed') return judged;
  if (judged.value !== undefined) return refused(call, answer, judged.value);

  const parsed = readBy(call, answer, 'parseToken', () => provider.parseToken(answer));
  const isJSON = answer.body !== undefined;
  if (parsed.kind === 'failed' && (isJSON || parsed.failure.cause === 'local')) return parsed;
  const read = parsed.kind === 'read' ? (parsed.value as ParsedToken | undefined) : undefined;
  if (isPromise(read)) read.then(undefined, () => undefined);
  if (isPromise(read) || typeof read === 'string')
    return malformed(call, answer, 'could not be read: parseToken did not return an object', {
      advice: 'Return { accessToken }, not a string or a promise.',
    });
  const token = read ?? { accessToken: undefined };
  const isMissing = accessTokenProblem(token.accessToken) === 'has no access token';
  // With a token, it may be text or a cookie.
  if (isMissing && !isJSON)
    return malformed(call, answer, answer.isEmpty ? 'is empty' : 'is not JSON');
  // Some servers answer an error with status 200.
  if (isMissing && oauthErrorFields(answer.body) !== undefined)
    return refused(call, answer, classifyTokenFailure(answer));
  return {
    kind: 'found',
    token,
    status: answer.status,
    serverNow: answer.serverNow,
    malformed: (problem, about) => malformed(call, answer, problem, about),
    received:
      provider.tokenReceived &&
      (async (signal) => {
        const context = { credentials, params, response: answer, signal };
        const kept = (async () => provider.tokenReceived?.(token, context))();
        return inTime(
          provider.name,
          'got a token but could not save it: tokenReceived',
          kept,
          signal,
        );
      }),
  };
}
