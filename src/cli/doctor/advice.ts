import { isLoopback } from '../../platform/loopback.js';
import { inWords } from '../duration.js';
import { EXIT, EXIT_OF_ERROR, type ExitCode } from '../exit-codes.js';
import { clockDifference } from './checks.js';
import type { Answer, Configuration, FailedOutcome, Findings, Network } from './findings.js';
import { adviceOnTLS, isTLSCode } from './tls-advice.js';

type Usable = Extract<Configuration, { kind: 'usable' }>;

/** What to do, likeliest cause first; empty if there is nothing to do. */
export function adviseOn({ provider, configuration, network }: Findings): string[] {
  if (configuration.kind === 'wrong') return [configuration.problem];
  if (network === undefined) return [];
  const { outcome, answer } = network.tokenCall;
  return [
    ...(outcome.kind === 'failed' ? onFailure(provider, configuration, network, outcome) : []),
    ...onClock(answer?.clockOffsetMs),
  ];
}

/** The exit code of `doctor`. A clock that is off is not a failure by itself. */
export function exitCodeOf({ configuration, network }: Findings): ExitCode {
  if (configuration.kind === 'wrong') return EXIT.misconfigured;
  const call = network?.tokenCall;
  if (call?.outcome.kind !== 'failed') return EXIT.ok;
  return call.answer?.isWebPage === true ? EXIT.noToken : EXIT_OF_ERROR[call.outcome.code];
}

function onFailure(
  provider: string,
  configuration: Usable,
  network: Network,
  outcome: FailedOutcome,
): string[] {
  const { answer } = network.tokenCall;
  const { code, message } = outcome;
  if (answer === undefined) return onSilence(configuration, network, outcome);
  // Before the status: a proxy's 403 says nothing about the key.
  if (answer.isWebPage) return onWebPage(configuration, network, answer.status);
  if (answer.status === 429) return onSpentLimit(configuration, answer);
  if (code === 'ERR_CREDENTIALS_REJECTED') {
    return isAboutTheKey(outcome, answer)
      ? onRejectedKey(provider, configuration, message)
      : [message];
  }
  if (answer.status >= 500) {
    return [`The server at ${network.origin} failed (status ${answer.status}). Try again later.`];
  }
  if (answer.status >= 300 && answer.status < 400) {
    return [
      `The server redirects elsewhere (status ${answer.status}). ${addressHint(configuration)}`,
    ];
  }
  if (answer.status === 404 || answer.status === 405) {
    return [
      `There is no token endpoint at this address (status ${answer.status}). ${addressHint(configuration)}`,
    ];
  }
  return [message];
}

// ---- no answer -------------------------------------------------------------------------------------------------

function onSilence(
  configuration: Usable,
  network: Network,
  { networkCode, message }: FailedOutcome,
): string[] {
  const { origin, dns, connection, proxyFrom, tokenCall } = network;
  const time = inWords(tokenCall.timeoutMs);
  if (connection.kind === 'insecure') return adviceOnTLS(connection, origin);
  if (networkCode !== undefined && isTLSCode(networkCode)) {
    return adviceOnTLS({ code: networkCode }, origin);
  }
  if (proxyFrom !== undefined) {
    const reason = isTimeOut(networkCode)
      ? `within ${time}`
      : `(${networkCode ?? 'unknown reason'})`;
    return [
      `No response came through the proxy set in ${proxyFrom} ${reason}. Check that it is running and allows requests to ${origin}, or add the host to NO_PROXY.`,
    ];
  }
  if (dns.kind === 'failed') {
    const { hostname } = new URL(origin);
    return [
      `Cannot resolve ${hostname} (${dns.code}). Check the spelling and this machine's DNS. ${addressHint(configuration)}`,
    ];
  }
  const code = connection.kind === 'unreachable' ? connection.code : networkCode;
  if (!isTimeOut(code)) return [onNetworkCode(code, configuration, origin) ?? message];
  return [
    connection.kind === 'unreachable'
      ? `Could not connect to ${origin} within ${time}. A firewall may be dropping the packets: ask for this address to be allowed, or set HTTPS_PROXY if there is a proxy.`
      : `Connected to ${origin}, but got no response within ${time}. The provider may be overloaded: try again later, or allow more time with --timeout.`,
  ];
}

/** The error codes of our own time limit and of the system's. */
function isTimeOut(code: string | undefined): boolean {
  return ['ERR_CANCELED', 'ECONNABORTED', 'ETIMEDOUT'].includes(code ?? '');
}

function onNetworkCode(
  code: string | undefined,
  configuration: Usable,
  origin: string,
): string | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return isLoopback(new URL(origin).hostname)
        ? `Nothing is listening at ${origin}. If this should be the sandbox, start it: npx axios-bearer sandbox.`
        : `Nothing is listening at ${origin}. ${addressHint(configuration)}`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${origin} closed the connection. A firewall may be in the way, or this network may require a proxy.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${origin} cannot be reached from here (${code}). Check this machine's network and VPN.`;
    default:
      return undefined;
  }
}

// ---- answers without a token -----------------------------------------------------------------------------------

function onWebPage(configuration: Usable, { proxyFrom }: Network, status: number): string[] {
  const proxy =
    proxyFrom === undefined
      ? 'a proxy or login page on this network may have intercepted the request'
      : `the proxy set in ${proxyFrom} may have answered instead`;
  return [
    `A web page came back (status ${status}) instead of a token: ${proxy}. Open the address in a browser on this machine, or try another network.`,
    addressHint(configuration),
  ];
}

function onSpentLimit({ tokenBudget }: Usable, { retryAfterMs }: Answer): string[] {
  const limit =
    tokenBudget === undefined
      ? 'The rate limit for token calls has been reached.'
      : `The rate limit has been reached: ${tokenBudget.calls} tokens per ${inWords(tokenBudget.windowMs)}.`;
  const pause = retryAfterMs ?? tokenBudget?.windowMs;
  return [
    `${limit} Wait ${pause === undefined ? 'a while' : inWords(pause)}; each further attempt may count.`,
    'Find out what makes so many token calls. Share one token source within a process, and a store (axios-bearer/redis) between processes.',
  ];
}

/** Otherwise the provider refused a scope or a grant, or, with a bare 403, an account that lacks a permission. */
function isAboutTheKey({ oauthCode }: FailedOutcome, { status }: Answer): boolean {
  return oauthCode === undefined ? status !== 403 : oauthCode === 'invalid_client';
}

function onRejectedKey(provider: string, configuration: Usable, message: string): string[] {
  const { choice, addressFrom, credentials } = configuration;
  const wrongKey = `The key may be wrong or revoked: compare ${credentials.join(', ')} with the provider's console, and look for a trailing space or line break.`;
  if (addressFrom !== undefined && choice !== undefined) {
    return [
      `${addressFrom} overrides the address of ${choice.option} ${choice.value}: this key may not be valid there.`,
      message,
      wrongKey,
    ];
  }
  if (choice === undefined || choice.others.length === 0) return [message, wrongKey];
  const tries = choice.others
    .map((other) => `npx axios-bearer doctor ${provider} --${choice.option} ${other}`)
    .join(', or: ');
  return [
    `The key may belong to a ${choice.option} other than ${choice.value}. Try: ${tries}. If that works, set ${choice.variable}.`,
    message,
    wrongKey,
  ];
}

// ---- the clock -------------------------------------------------------------------------------------------------

function onClock(offsetMs: number | undefined): string[] {
  const difference = clockDifference(offsetMs);
  if (difference === undefined) return [];
  return [
    `This machine's clock is ${difference}. Sync it with NTP (timedatectl set-ntp true). Token lifetimes do not depend on it, but certificates and signatures do.`,
  ];
}

/** Which setting to check if the address is wrong. */
function addressHint({ addressFrom, choice }: Usable): string {
  if (addressFrom !== undefined) return `The address comes from ${addressFrom}: check it.`;
  return choice === undefined
    ? 'Check the address.'
    : `The address is the one for ${choice.option} ${choice.value}: check ${choice.variable}.`;
}
