import {
  checkTokenURL,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { classifyTokenFailure, oauthErrorFields } from './token-failure.js';
import type { TokenFailureClass } from '../provider-definition/token-failure.js';
import { encodeTokenRequest, type EncodedTokenRequest } from './encode-token-request.js';
import { accessTokenProblem } from './access-token-checks.js';
import type { ParsedToken } from '../provider-definition/token-response.js';
import { isPromise } from '../provider-definition/define-provider.js';
import { madeRequest } from './made-request.js';
import { malformed, refused, unreachable, type EndpointCallContext } from './failed-call.js';
import type { CallFor, Found, ReadyCall } from './ready-call.js';
import { orLocalFailure, type EndpointFailure, type Failed } from './token-call-failure.js';
import { callTokenEndpoint, type TokenEndpointAnswer } from './token-endpoint.js';

/** A call of the token endpoint, which is what the provider definition makes of the credentials and parameters this time. */
export async function endpointCall(
  context: CallFor<TokenEndpointProvider>,
): Promise<ReadyCall | Failed> {
  const { provider, params, options, signal } = context;
  return orLocalFailure(provider.name, async () => {
    const credentials = await context.askCredentials();
    const request = await madeRequest(provider, credentials, params, signal);
    const encoded = encodeTokenRequest(request, provider.baseURL);
    // A URL made with parameters or other credentials is another one each time.
    checkTokenURL(provider, encoded.url);
    const call: EndpointCallContext = { provider, credentials, request, options };
    const ready: ReadyCall = {
      kind: 'ready',
      account: { credentials, url: encoded.url },
      target: target(encoded),
      tooLate: () => unreachable(call, TOO_LATE).failure.error,
      send: async (bounded) => {
        const { transport } = options;
        const outcome = await callTokenEndpoint(encoded, { signal: bounded, transport });
        return outcome.kind === 'answered'
          ? readAnswer(call, outcome.answer)
          : unreachable(call, outcome);
      },
    };
    return ready;
  });
}

const TOO_LATE = { reason: 'ERR_CANCELED', message: 'it was too late to ask' };

function target({ url, method }: EncodedTokenRequest) {
  const { hostname, port, protocol } = new URL(url);
  const serverPort = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return { method, serverAddress: hostname, serverPort };
}

function readAnswer(call: EndpointCallContext, answer: TokenEndpointAnswer): Found | Failed {
  const { provider } = call;
  const judged = failureOf(call, answer);
  if (judged.kind === 'failed') return judged;
  if (judged.value !== undefined) return refused(call, answer, judged.value);
  if (answer.body === undefined)
    return malformed(call, answer, answer.isEmpty ? 'is empty' : 'is not JSON');

  const parsed = orMalformed(call, answer, 'parseToken', () => provider.parseToken(answer));
  if (parsed.kind === 'failed') return parsed;
  if (isPromise(parsed.value)) parsed.value.then(undefined, () => undefined);
  if (isPromise(parsed.value) || typeof parsed.value === 'string')
    return malformed(call, answer, 'was not read: parseToken returned no object', {
      advice: 'Return { accessToken }, not a string or a promise.',
    });
  const token = (parsed.value as ParsedToken | undefined) ?? { accessToken: undefined };
  // Some servers answer an error with status 200.
  const isMissing = accessTokenProblem(token.accessToken) === 'has no access token';
  if (isMissing && oauthErrorFields(answer.body) !== undefined)
    return refused(call, answer, classifyTokenFailure(answer));
  return {
    kind: 'found',
    token,
    status: answer.status,
    serverNow: answer.serverNow,
    malformed: (problem, about) => malformed(call, answer, problem, about),
  };
}

type Read<T> = { readonly kind: 'read'; readonly value: T } | Failed<EndpointFailure>;

/** What a failure means, by the provider definition or else by RFC 6749 and the status; `undefined` for a success. */
function failureOf(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
): Read<TokenFailureClass | undefined> {
  const own = orMalformed(call, answer, 'classifyFailure', () =>
    call.provider.classifyFailure?.(answer),
  );
  if (answer.status >= 200 && answer.status < 300) return own;
  // It was written for the provider's own answers. A page of a proxy's says enough by its status.
  const told = own.kind === 'read' ? own.value : undefined;
  return { kind: 'read', value: told ?? classifyTokenFailure(answer) };
}

/** What the provider definition reads out of an answer. If it throws the answer is malformed, as far as anybody can tell. */
function orMalformed<T>(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
  method: 'parseToken' | 'classifyFailure',
  read: () => T,
): Read<T> {
  try {
    return { kind: 'read', value: read() };
  } catch (cause) {
    return malformed(call, answer, `made ${method} of the provider definition throw`, {
      cause,
      advice: 'See the cause: the definition is at fault, or a proxy has answered.',
    });
  }
}
