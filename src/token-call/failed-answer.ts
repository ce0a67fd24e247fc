import { isBearerError } from '../errors/index.js';
import type { TokenFailureClass } from '../provider-definition/token-failure.js';
import { malformed, type EndpointCallContext } from './failed-call.js';
import { localFailure, type Failed } from './token-call-failure.js';
import type { TokenEndpointAnswer } from './token-endpoint.js';
import { classifyTokenFailure } from './token-failure.js';

export type Read<T> = { readonly kind: 'read'; readonly value: T } | Failed;

/** What kind of failure an answer is, by the definition, or else by RFC 6749 and the status; `undefined` for a success. */
export function failureIn(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
): Read<TokenFailureClass | undefined> {
  const own = readBy(call, answer, 'classifyFailure', () =>
    call.provider.classifyFailure?.(answer, call.credentials),
  );
  if (isSuccess(answer) || (own.kind === 'failed' && own.failure.cause === 'local')) return own;
  // If classifyFailure threw, this may be a proxy's page, for which it was not written: judge the status.
  const told = own.kind === 'read' ? own.value : undefined;
  return { kind: 'read', value: told ?? classifyTokenFailure(answer) };
}

export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/**
 * What the definition reads in an answer. A `BearerError` that it throws goes to the callers; if it throws anything else, the
 * answer counts as malformed.
 */
export function readBy<T>(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
  method: 'parseToken' | 'classifyFailure',
  read: () => T,
): Read<T> {
  try {
    return { kind: 'read', value: read() };
  } catch (cause) {
    if (isBearerError(cause)) return localFailure(call.provider.name, cause);
    return malformed(call, answer, `made ${method} of the provider definition throw`, {
      cause,
      advice: 'See the cause: the definition is at fault, or a proxy has answered.',
    });
  }
}
