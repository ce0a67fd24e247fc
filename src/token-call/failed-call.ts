import {
  CredentialsRejectedError,
  TokenAcquisitionError,
  type BearerErrorCode,
  type ProviderDiagnosis,
  type TokenAcquisitionDetails,
} from '../errors/index.js';
import type { ThrownMeaning } from './thrown.js';
import type { Provider, TokenEndpointProvider } from '../provider-definition/define-provider.js';
import { adviceOnRefusal } from './refusal-advice.js';
import { retryAfterMs } from '../platform/retry-after.js';
import { coolDownCause, diagnosisOf, failureConcerns, oauthErrorFields } from './token-failure.js';
import type { TokenFailureClass } from '../provider-definition/token-failure.js';
import type { MalformedToken } from './ready-call.js';
import { requestSecrets } from './request-secrets.js';
import { absoluteURL, type TokenRequest } from '../provider-definition/token-request.js';
import type { TokenCallOptions } from './token-call.js';
import { failed, type EndpointFailure, type Failed } from './token-call-failure.js';
import type { NoAnswer, TokenEndpointAnswer } from './token-endpoint.js';

/** Whose token call failed. */
export interface CallContext {
  readonly provider: Provider;
  readonly options: TokenCallOptions;
}

/** What a call of a token endpoint was made from. */
export interface EndpointCallContext extends CallContext {
  readonly provider: TokenEndpointProvider;
  readonly credentials: object;
  readonly request: TokenRequest;
}

/** The endpoint answered with an error. */
export function refused(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
  failure: TokenFailureClass,
): Failed<EndpointFailure> {
  const { provider, options } = call;
  const retryAfter = askedDelayMs(answer, options);
  const cause = coolDownCause(failure, retryAfter);
  const diagnosis = diagnose(call, answer);
  const error = endpointError(
    call,
    failure === 'credentials' ? 'ERR_CREDENTIALS_REJECTED' : 'ERR_TOKEN_REQUEST_REFUSED',
    {
      phase: 'token request',
      status: answer.status,
      oauthError: oauthErrorFields(answer.body, secretsOf(call)),
      diagnosis,
      retryable: failure === 'transient',
      retryInMs: retryAfter,
      message: `answered ${answer.status}${inWords(diagnosis)}. ${adviceOnRefusal(provider, failure, answer)}`,
    },
  );
  const concerns = failureConcerns(failure, answer, retryAfter);
  return failed({ error, cause, concerns, retryAfterMs: retryAfter });
}

/** A delay of zero is ignored: if a server always sent it, each request would call the endpoint. */
function askedDelayMs(
  { headers, serverNow }: TokenEndpointAnswer,
  { clock, policy }: TokenCallOptions,
): number | undefined {
  return usableDelayMs(retryAfterMs(headers['retry-after'], serverNow ?? clock.now()), policy);
}

function usableDelayMs(
  delayMs = 0,
  { longestRetryAfterMs }: TokenCallOptions['policy'],
): number | undefined {
  return delayMs > 0 ? Math.min(delayMs, longestRetryAfterMs) : undefined;
}

/** The provider's words without secrets: some servers quote the request. */
function diagnose(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
): ProviderDiagnosis | undefined {
  return diagnosisOf(answer, (response) => call.provider.diagnose?.(response), secretsOf(call));
}

function inWords(diagnosis: ProviderDiagnosis | undefined): string {
  if (diagnosis === undefined) return '';
  const { code, message, requestId } = diagnosis;
  const said = [code, message].filter(Boolean).join(': ');
  const request = requestId && `request ${requestId}`;
  return ` (${[said, request].filter(Boolean).join('; ')})`;
}

/** The endpoint's answer holds no usable token. */
export function malformed(
  call: EndpointCallContext,
  answer: TokenEndpointAnswer,
  problem: string,
  {
    repeat = true,
    advice = 'A proxy may have answered, or the base URL may be wrong.',
    cause,
  }: MalformedToken & { readonly cause?: unknown } = {},
): Failed<EndpointFailure> {
  const diagnosis = diagnose(call, answer);
  const error = endpointError(call, 'ERR_TOKEN_RESPONSE_MALFORMED', {
    phase: 'token response',
    status: answer.status,
    diagnosis,
    retryable: repeat,
    cause,
    message: `sent a malformed response: status ${answer.status}, and the body ${problem}${inWords(diagnosis)}. ${advice}`,
  });
  // An unusable token belongs to this request; anything else may be a proxy's page, for any request.
  return failed({ error, cause: 'transient', concerns: repeat ? 'account' : 'request' });
}

/** No answer came. */
export function unreachable(
  call: EndpointCallContext,
  { reason, message, advice }: Omit<NoAnswer, 'kind'>,
): Failed<EndpointFailure> {
  const error = endpointError(call, 'ERR_TOKEN_ENDPOINT_UNREACHABLE', {
    phase: 'token request',
    retryable: true,
    message: `could not be reached: ${message}.${advice === undefined ? '' : ` ${advice}`}`,
    cause: Object.assign(new Error(message), { code: reason }),
  });
  return failed({ error, cause: 'transient', concerns: 'account', networkCode: reason });
}

/** `acquireToken` threw, or did not answer in time. What it threw becomes the cause, and the message does not quote it. */
export function threw(
  call: CallContext,
  meaning: ThrownMeaning,
  cause?: unknown,
): Failed<EndpointFailure> {
  const { provider, options } = call;
  const { failure, status, networkCode } = meaning;
  const retryAfter = usableDelayMs(meaning.retryAfterMs, options.policy);
  const isSilence = networkCode !== undefined && status === undefined;
  const code =
    failure === 'credentials'
      ? 'ERR_CREDENTIALS_REJECTED'
      : isSilence
        ? 'ERR_TOKEN_ENDPOINT_UNREACHABLE'
        : 'ERR_TOKEN_REQUEST_REFUSED';
  const error = acquisitionError(call, 'acquireToken', code, {
    phase: 'token request',
    status,
    retryable: failure === 'transient',
    retryInMs: retryAfter,
    cause,
    message:
      cause === undefined
        ? 'did not answer in time. Make it answer within attemptTimeoutMs, and respect its signal.'
        : `${whatItDid(meaning)}. ${failure === 'credentials' ? adviceOnRejection(provider) : 'See the cause.'}`,
  });
  const concerns = failureConcerns(failure, { status, body: undefined }, retryAfter);
  const coolDown = coolDownCause(failure, retryAfter);
  return failed({ error, cause: coolDown, concerns, retryAfterMs: retryAfter, networkCode });
}

function whatItDid({ failure, status, networkCode }: ThrownMeaning): string {
  const how = status === undefined ? networkCode : `status ${status}`;
  const said = failure === 'credentials' ? 'says that the credentials were rejected' : 'threw';
  return how === undefined ? said : `${said} (${how})`;
}

function adviceOnRejection({ rejectedCredentialsAdvice: own }: Provider): string {
  return typeof own === 'string' ? own : 'Check the credentials that it uses, and see the cause.';
}

/** `acquireToken` returned a token that cannot be used. */
export function unusable(
  call: CallContext,
  problem: string,
  { repeat = false, advice = '' }: MalformedToken,
): Failed<EndpointFailure> {
  const error = acquisitionError(call, 'acquireToken', 'ERR_TOKEN_RESPONSE_MALFORMED', {
    phase: 'token response',
    retryable: repeat,
    message: `returned an unusable value: it ${problem}. ${advice}`,
  });
  return failed({ error, cause: 'transient', concerns: repeat ? 'account' : 'request' });
}

type Details = Omit<TokenAcquisitionDetails, 'provider'> & { readonly message: string };

function endpointError(
  call: EndpointCallContext,
  code: BearerErrorCode,
  details: Details,
): TokenAcquisitionError {
  const { origin } = new URL(absoluteURL(call.request.url, call.provider.baseURL));
  return acquisitionError(call, `the token endpoint at ${origin}`, code, details);
}

function acquisitionError(
  { provider }: CallContext,
  subject: string,
  code: BearerErrorCode,
  { message, ...details }: Details,
): TokenAcquisitionError {
  const Kind =
    code === 'ERR_CREDENTIALS_REJECTED' ? CredentialsRejectedError : TokenAcquisitionError;
  return new Kind(code, `${provider.name}: ${subject} ${message}`, {
    provider: provider.name,
    ...details,
  });
}

/** The secrets of this call, to be removed from the server's words: some servers quote the request. */
function secretsOf({ credentials, request }: EndpointCallContext): string[] {
  const values = Object.values(credentials).filter((value) => typeof value === 'string');
  return [...values, ...requestSecrets(request)];
}
