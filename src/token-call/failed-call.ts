import {
  CredentialsRejectedError,
  TokenAcquisitionError,
  type BearerErrorCode,
  type ProviderDiagnosis,
  type TokenAcquisitionDetails,
} from '../errors/index.js';
import type { FailureMeaning } from './thrown.js';
import type { Provider, TokenEndpointProvider } from '../provider-definition/define-provider.js';
import { adviceOnRefusal, URL_OPTIONS } from './refusal-advice.js';
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
  /** Absent with `acquireToken`. */
  readonly request?: TokenRequest;
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
  const { status, headers, body, serverNow } = answer;
  const diagnosis = diagnose(call, answer);
  const delayMs = retryAfterMs(headers['retry-after'], serverNow ?? options.clock.now());
  return failedBy(
    call,
    { failure, status, body, retryAfterMs: delayMs },
    {
      oauthError: oauthErrorFields(body, secretsOf(call)),
      diagnosis,
      message: `answered ${status}${inWords(diagnosis)}. ${adviceOnRefusal(provider, failure, answer)}`,
    },
  );
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
    advice = `A proxy may have answered, or the URL may be wrong (${URL_OPTIONS}).`,
    cause,
  }: MalformedToken & { readonly cause?: unknown } = {},
): Failed<EndpointFailure> {
  const { status } = answer;
  const diagnosis = diagnose(call, answer);
  return withoutToken(call, repeat, {
    status,
    diagnosis,
    cause,
    message: `sent a malformed response: status ${status}, and the body ${problem}${inWords(diagnosis)}. ${advice}`,
  });
}

/** No answer came. */
export function unreachable(
  call: EndpointCallContext,
  { reason, message, advice }: Omit<NoAnswer, 'kind'>,
): Failed<EndpointFailure> {
  return failedBy(
    call,
    { failure: 'transient', networkCode: reason },
    {
      message: `could not be reached: ${message}.${advice === undefined ? '' : ` ${advice}`}`,
      cause: Object.assign(new Error(message), { code: reason }),
    },
  );
}

/** `acquireToken` threw, or did not answer in time. What it threw becomes the cause, and the message does not quote it. */
export function threw(
  call: CallContext,
  meaning: FailureMeaning,
  cause?: unknown,
): Failed<EndpointFailure> {
  const advice =
    meaning.failure === 'credentials' ? adviceOnRejection(call.provider) : 'See the cause.';
  return failedBy(call, meaning, {
    cause,
    message:
      cause === undefined
        ? 'did not answer in time. Make it answer within attemptTimeoutMs, and respect its signal. A request that it sends ' +
          'with the attached instance waits for this very token: give it { bearer: false }.'
        : `${whatItDid(meaning)}. ${advice}`,
  });
}

function whatItDid({ failure, status, networkCode }: FailureMeaning): string {
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
  return withoutToken(call, repeat, {
    message: `returned an unusable value: it ${problem}. ${advice}`,
  });
}

/** What an error says besides what follows from the kind of failure. */
type Details = Omit<TokenAcquisitionDetails, 'provider' | 'phase' | 'retryable'> & {
  readonly message: string;
};

/** An answer came, without a usable token. */
function withoutToken(
  call: CallContext,
  repeat: boolean,
  details: Details,
): Failed<EndpointFailure> {
  const error = acquisitionError(call, 'ERR_TOKEN_RESPONSE_MALFORMED', {
    phase: 'token response',
    retryable: repeat,
    ...details,
  });
  // An unusable token belongs to this request; anything else may be a proxy's page, for any request.
  return failed({ error, cause: 'transient', concerns: repeat ? 'account' : 'request' });
}

/** No usable answer came, or an error. */
function failedBy(
  call: CallContext,
  meaning: FailureMeaning & { readonly body?: unknown },
  details: Details,
): Failed<EndpointFailure> {
  const { failure, status, body, networkCode } = meaning;
  const retryAfter = usableDelayMs(meaning.retryAfterMs, call.options.policy);
  const error = acquisitionError(call, codeOf(meaning), {
    phase: 'token request',
    status,
    retryable: failure === 'transient',
    retryInMs: retryAfter,
    ...details,
  });
  const concerns = failureConcerns(failure, { status, body }, retryAfter);
  const cause = coolDownCause(failure, retryAfter);
  return failed({ error, cause, concerns, retryAfterMs: retryAfter, networkCode });
}

/** A delay of zero is ignored: if a server always sent it, each request would call the endpoint. */
function usableDelayMs(
  delayMs = 0,
  { longestRetryAfterMs }: TokenCallOptions['policy'],
): number | undefined {
  return delayMs > 0 ? Math.min(delayMs, longestRetryAfterMs) : undefined;
}

function codeOf({ failure, status, networkCode }: FailureMeaning): BearerErrorCode {
  if (failure === 'credentials') return 'ERR_CREDENTIALS_REJECTED';
  return networkCode !== undefined && status === undefined
    ? 'ERR_TOKEN_ENDPOINT_UNREACHABLE'
    : 'ERR_TOKEN_REQUEST_REFUSED';
}

function acquisitionError(
  call: CallContext,
  code: BearerErrorCode,
  { message, ...details }: Omit<TokenAcquisitionDetails, 'provider'> & Details,
): TokenAcquisitionError {
  const Kind =
    code === 'ERR_CREDENTIALS_REJECTED' ? CredentialsRejectedError : TokenAcquisitionError;
  const provider = call.provider.name;
  return new Kind(code, `${provider}: ${subjectOf(call)} ${message}`, { provider, ...details });
}

function subjectOf({ provider, request }: CallContext): string {
  if (request === undefined) return 'acquireToken';
  return `the token endpoint at ${new URL(absoluteURL(request.url, provider.baseURL)).origin}`;
}

/** The secrets of this call, to be removed from the server's words: some servers quote the request. */
function secretsOf({ credentials, request }: EndpointCallContext): string[] {
  const values = Object.values(credentials).filter((value) => typeof value === 'string');
  return [...values, ...requestSecrets(request)];
}
