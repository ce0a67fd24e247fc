import { inWords, tokenInWords } from '../duration.js';
import type {
  Choice,
  Configuration,
  Connection,
  Findings,
  Lookup,
  Network,
  TokenCall,
} from './findings.js';

/** One line of the report. */
export interface Check {
  readonly what: string;
  readonly outcome: 'ok' | 'note' | 'failed' | 'skipped';
  readonly seen: string;
}

/** The findings as lines for a reader. */
export function checksOf({ configuration, network }: Findings): Check[] {
  return [
    { what: 'configuration', ...configurationCheck(configuration) },
    ...(network === undefined ? [] : networkChecks(network)),
  ];
}

type Outcome = Omit<Check, 'what'>;

function configurationCheck(configuration: Configuration): Outcome {
  if (configuration.kind === 'wrong') return { outcome: 'failed', seen: 'see below' };
  const { credentials, choice, addressFrom } = configuration;
  const where =
    addressFrom !== undefined
      ? [`address from ${addressFrom}${ignored(choice)}`]
      : choice === undefined
        ? []
        : [`${choice.option} ${choice.value}`];
  return { outcome: 'ok', seen: [...credentials, ...where].join(', ') };
}

/** An address overrides a region or environment, which would otherwise go unnoticed. */
function ignored(choice: Choice | undefined): string {
  if (choice?.isGiven !== true) return '';
  return `, so ${choice.option} ${choice.value} has no effect`;
}

function networkChecks({ origin, proxyFrom, dns, connection, tokenCall }: Network): Check[] {
  const proxy: Check[] =
    proxyFrom === undefined
      ? []
      : [{ what: 'proxy', outcome: 'note', seen: `${proxyFrom} applies to ${origin}` }];
  return [
    ...proxy,
    { what: 'DNS', ...dnsCheck(dns) },
    { what: origin.startsWith('https:') ? 'TLS' : 'connection', ...connectionCheck(connection) },
    { what: 'token call', ...callCheck(tokenCall, origin) },
    { what: 'read as', ...readingCheck(tokenCall) },
    ...diagnosisChecks(tokenCall),
    { what: 'clock', ...clockCheck(tokenCall) },
  ];
}

function dnsCheck(dns: Lookup): Outcome {
  switch (dns.kind) {
    case 'skipped':
      return { outcome: 'skipped', seen: 'left to the proxy' };
    case 'needless':
      return { outcome: 'ok', seen: 'an IP address, nothing to look up' };
    case 'resolved':
      return { outcome: 'ok', seen: dns.addresses.join(', ') };
    case 'failed':
      return { outcome: 'failed', seen: dns.code };
  }
}

function connectionCheck(connection: Connection): Outcome {
  switch (connection.kind) {
    case 'skipped':
      return { outcome: 'skipped', seen: 'left to the proxy' };
    case 'plain':
      return { outcome: 'ok', seen: 'open, without TLS' };
    case 'secure': {
      const { protocol, certificate } = connection;
      return {
        outcome: 'ok',
        seen: `${protocol}, certificate from ${certificate.issuer}, valid until ${certificate.validTo}`,
      };
    }
    case 'unreachable':
    case 'insecure':
      return { outcome: 'failed', seen: connection.code };
  }
}

function callCheck({ answer, tookMs, outcome }: TokenCall, origin: string): Outcome {
  const seen =
    answer === undefined
      ? `no response from ${origin}`
      : `status ${answer.status} from ${origin} in ${inWords(tookMs)}`;
  return { outcome: outcome.kind === 'token' ? 'ok' : 'failed', seen };
}

function readingCheck({ answer, outcome }: TokenCall): Outcome {
  if (outcome.kind === 'token') {
    const { length, livesMs, scope } = outcome;
    return { outcome: 'ok', seen: `a token of ${tokenInWords(length, livesMs, scope)}` };
  }
  if (answer === undefined) return { outcome: 'skipped', seen: 'nothing to read' };
  return { outcome: 'failed', seen: answer.isWebPage ? 'a web page' : outcome.code };
}

/** The provider's own words about a call it refused. */
function diagnosisChecks({ outcome }: TokenCall): Check[] {
  if (outcome.kind === 'token' || outcome.diagnosis === undefined) return [];
  const { code, message, requestId } = outcome.diagnosis;
  const request = requestId === undefined ? undefined : `request ${requestId}`;
  const seen = [code, message, request].filter((text) => text !== undefined).join(', ');
  return [{ what: 'provider says', outcome: 'note', seen }];
}

/** Smaller differences are not reported: the `Date` header itself is cut to the second. */
const TOLERATED_OFFSET_MS = 5_000;

/** How this machine's clock differs from the provider's, in words, if the network and the rounding of `Date` do not explain it. */
export function clockDifference(offsetMs = 0): string | undefined {
  if (Math.abs(offsetMs) < TOLERATED_OFFSET_MS) return undefined;
  const direction = offsetMs > 0 ? 'behind' : 'ahead of';
  return `${inWords(Math.abs(offsetMs))} ${direction} the provider's`;
}

function clockCheck({ answer }: TokenCall): Outcome {
  const offsetMs = answer?.clockOffsetMs;
  if (offsetMs === undefined) return { outcome: 'skipped', seen: 'no Date header to compare with' };
  const difference = clockDifference(offsetMs);
  return difference === undefined
    ? { outcome: 'ok', seen: "the same as the provider's" }
    : { outcome: 'note', seen: difference };
}
