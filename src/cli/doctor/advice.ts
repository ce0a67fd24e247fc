import { isLoopback } from '../../platform/loopback.js';
import { inWords } from '../duration.js';
import { EXIT, EXIT_OF_ERROR, type ExitCode } from '../exit-codes.js';
import { isNotableOffset } from './checks.js';
import type { Answer, Configuration, FailedOutcome, Findings, Network } from './findings.js';
import { adviceOnTLS, isTLSCode } from './tls-advice.js';

type Usable = Extract<Configuration, { kind: 'usable' }>;

/** What to do, the likeliest cause first; empty if there is nothing to do. */
export function adviseOn({ provider, configuration, network }: Findings): string[] {
  if (configuration.kind === 'wrong') return [configuration.problem];
  if (network === undefined) return [];
  const { outcome, answer } = network.tokenCall;
  return [
    ...(outcome.kind === 'failed' ? onFailure(provider, configuration, network, outcome) : []),
    ...onClock(answer?.clockOffsetMs),
  ];
}

/** How `doctor` ends: a doubtful clock alone is no failure. */
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
    return [`${network.origin} has trouble of its own (status ${answer.status}). Try again later.`];
  }
  if (answer.status >= 300 && answer.status < 400) {
    return [`It points elsewhere (status ${answer.status}). ${addressHint(configuration)}`];
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
      `No answer came through the proxy in ${proxyFrom} ${reason}. Check that it is up and lets requests to ${origin} pass; or list the host in NO_PROXY.`,
    ];
  }
  if (dns.kind === 'failed') {
    const { hostname } = new URL(origin);
    return [
      `The name ${hostname} cannot be resolved (${dns.code}). Check it for typing errors, and this machine's DNS. ${addressHint(configuration)}`,
    ];
  }
  const code = connection.kind === 'unreachable' ? connection.code : networkCode;
  if (!isTimeOut(code)) return [onNetworkCode(code, configuration, origin) ?? message];
  return [
    connection.kind === 'unreachable'
      ? `There was no connection to ${origin} within ${time}. A firewall may swallow the packets: ask for a way out to this address, or set HTTPS_PROXY if there is a proxy.`
      : `Connected to ${origin}, but there was no answer within ${time}. The provider may be overloaded, or something behind this address hangs: try again later, or allow more time with --timeout.`,
  ];
}

/** How the end of our own patience, and of the system's, is called. */
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
        ? `Nothing listens at ${origin}. If it should be the sandbox, start it: axios-bearer sandbox.`
        : `Nothing listens at ${origin}. ${addressHint(configuration)}`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${origin} cut the connection. A firewall, or a proxy that is needed here, may be in the way.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no way to ${origin} from here (${code}). Check this machine's network and VPN.`;
    default:
      return undefined;
  }
}

// ---- answers that are no token ---------------------------------------------------------------------------------

function onWebPage(configuration: Usable, { proxyFrom }: Network, status: number): string[] {
  const proxy =
    proxyFrom === undefined
      ? 'a proxy or a login page of this network may have taken the request'
      : `the proxy in ${proxyFrom} may have answered itself`;
  return [
    `A web page came back (status ${status}), not an answer of the token endpoint: ${proxy}. Look at the address from a browser on this machine, or try another network.`,
    addressHint(configuration),
  ];
}

function onSpentLimit({ tokenBudget }: Usable, { retryAfterMs }: Answer): string[] {
  const limit =
    tokenBudget === undefined
      ? 'The rate limit for token calls is spent.'
      : `The rate limit is spent: ${tokenBudget.calls} tokens in ${inWords(tokenBudget.windowMs)}.`;
  const pause = retryAfterMs ?? tokenBudget?.windowMs;
  return [
    `${limit} Wait ${pause === undefined ? 'a while' : inWords(pause)}; each further try may count.`,
    'Find out who asks so often: every process that keeps no token, or its own. Share one token source in a process, and a shared store (axios-bearer/redis) between processes.',
  ];
}

/** A scope or a grant may be what is refused, or an account that lacks a right: a 403 by itself. */
function isAboutTheKey({ oauthCode }: FailedOutcome, { status }: Answer): boolean {
  return oauthCode === undefined ? status !== 403 : oauthCode === 'invalid_client';
}

function onRejectedKey(provider: string, configuration: Usable, message: string): string[] {
  const { choice, addressFrom, credentials } = configuration;
  const wrongKey = `The key is wrong or was withdrawn: compare ${credentials.join(', ')} with the provider's console. A blank or a line break at the end counts.`;
  if (addressFrom !== undefined && choice !== undefined) {
    return [
      `${addressFrom} leads to another address than that of ${choice.option} ${choice.value}: this key may not be valid there.`,
      message,
      wrongKey,
    ];
  }
  if (choice === undefined || choice.others.length === 0) return [message, wrongKey];
  const tries = choice.others
    .map((other) => `axios-bearer doctor ${provider} --${choice.option} ${other}`)
    .join(', or: ');
  return [
    `The key may belong to another ${choice.option} than ${choice.value}. Try: ${tries}. If that works, set ${choice.variable}.`,
    message,
    wrongKey,
  ];
}

// ---- the clock -------------------------------------------------------------------------------------------------

function onClock(offsetMs: number | undefined): string[] {
  if (offsetMs === undefined || !isNotableOffset(offsetMs)) return [];
  const direction = offsetMs > 0 ? 'behind' : 'ahead of';
  return [
    `This machine's clock is ${inWords(Math.abs(offsetMs))} ${direction} the provider's. Set it by NTP (timedatectl set-ntp true). Lives of tokens are counted here without comparing clocks, but certificates and signatures are not.`,
  ];
}

/** Where the address of the token endpoint comes from. */
function addressHint({ addressFrom, choice }: Usable): string {
  if (addressFrom !== undefined) return `The address comes from ${addressFrom}: check it.`;
  return choice === undefined
    ? 'Check the address.'
    : `The address is that of ${choice.option} ${choice.value}: check ${choice.variable}.`;
}
