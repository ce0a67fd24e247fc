import {
  checkTokenURL,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { classifyTokenFailure, oauthErrorFields } from './token-failure.js';
import type { TokenFailureClass } from '../provider-definition/token-failure.js';
import { encodeTokenRequest, type EncodedTokenRequest } from './encode-token-request.js';
import { accessTokenProblem } from './access-token-checks.js';
import type { ParsedToken } from '../provider-definition/token-response.js';
import { madeRequest } from './made-request.js';
import { malformed, refused, unreachable, type EndpointCallContext } from './mint-failure.js';
import type { CallFor, Found, ReadyCall } from './ready-call.js';
import { callTokenEndpoint, NoAnswer, type TokenEndpointAnswer } from './token-endpoint.js';

/**
 * A call of the token endpoint, which is what the provider definition makes of the credentials and parameters this time.
 *
 * Throws what `askCredentials` and `madeRequest` throw, and a misconfiguration error for a token URL over which no secret may go.
 */
export async function endpointCall(context: CallFor<TokenEndpointProvider>): Promise<ReadyCall> {
  const { provider, params, options, signal } = context;
  const credentials = await context.askCredentials();
  const request = await madeRequest(provider, credentials, params, signal);
  const encoded = encodeTokenRequest(request, provider.baseURL);
  // A URL made with parameters or other credentials is another one each time.
  checkTokenURL(provider, encoded.url);
  const call: EndpointCallContext = { provider, credentials, request, options };
  return {
    account: { credentials, url: encoded.url },
    target: target(encoded),
    tooLate: () => unreachable(call, new NoAnswer('ERR_CANCELED', 'it was too late to ask')).error,
    send: async (bounded) => {
      try {
        const { transport } = options;
        return readAnswer(call, await callTokenEndpoint(encoded, { signal: bounded, transport }));
      } catch (error) {
        throw error instanceof NoAnswer ? unreachable(call, error) : error;
      }
    },
  };
}

function target({ url, method }: EncodedTokenRequest) {
  const { hostname, port, protocol } = new URL(url);
  const serverPort = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return { method, serverAddress: hostname, serverPort };
}

function readAnswer(call: EndpointCallContext, answer: TokenEndpointAnswer): Found {
  const { provider } = call;
  const failure = failureOf(call, answer);
  if (failure !== undefined) throw refused(call, answer, failure);
  if (answer.body === undefined)
    throw malformed(call, answer, answer.isEmpty ? 'is empty' : 'is not JSON');

  const parsed = orMalformed(call, answer, 'parseToken', () => provider.parseToken(answer));
  const token = (parsed as ParsedToken | undefined) ?? { accessToken: undefined };
  // Some servers answer an error with status 200.
  const isMissing = accessTokenProblem(token.accessToken) === 'has no access token';
  if (isMissing && oauthErrorFields(answer.body) !== undefined)
    throw refused(call, answer, classifyTokenFailure(answer));
  return {
    token,
    status: answer.status,
    serverNow: answer.serverNow,
    malformed: (problem, about) => malformed(call, answer, problem, about),
  };
}

/** What a failure means, by the provider definition or else by RFC 6749 and the status; `undefined` for a success. */
function failureOf(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
): TokenFailureClass | undefined {
  const { provider } = call;
  if (answer.status < 200 || answer.status >= 300) {
    try {
      return provider.classifyFailure?.(answer) ?? classifyTokenFailure(answer);
    } catch {
      // It was written for the provider's own answers. A page of a proxy's says enough by its status.
      return classifyTokenFailure(answer);
    }
  }
  return orMalformed(call, answer, 'classifyFailure', () => provider.classifyFailure?.(answer));
}

/** What the provider definition reads out of an answer. If it throws the answer is malformed, as far as anybody can tell. */
function orMalformed<T>(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
  method: 'parseToken' | 'classifyFailure',
  read: () => T,
): T {
  try {
    return read();
  } catch (cause) {
    throw malformed(call, answer, `made ${method} of the provider definition throw`, {
      cause,
      advice: 'See the cause: the definition is at fault, or a proxy has answered.',
    });
  }
}
