import { describe, expect, test } from '@jest/globals';

import { adviseOn, exitCodeOf } from '../../src/cli/doctor/advice.js';
import { checksOf } from '../../src/cli/doctor/checks.js';
import type {
  Answer,
  Choice,
  Configuration,
  FailedOutcome,
  Findings,
  Network,
  TokenOutcome,
} from '../../src/cli/doctor/findings.js';

type Usable = Extract<Configuration, { kind: 'usable' }>;

const MUMBAI: Choice = {
  option: 'region',
  variable: 'EXOTEL_REGION',
  value: 'mumbai',
  others: ['singapore'],
};
const TOKEN: TokenOutcome = { kind: 'token', length: 100, livesMs: 3_600_000 };
const REJECTED: FailedOutcome = failure('ERR_CREDENTIALS_REJECTED');

function failure(code: FailedOutcome['code'], networkCode?: string): FailedOutcome {
  return { kind: 'failed', code, message: 'in the words of the library', networkCode };
}

/** Findings where all is well, but for what a test gives. */
function findings(given: {
  configuration?: Partial<Usable>;
  network?: Partial<Network>;
  answer?: Partial<Answer>;
  outcome?: TokenOutcome | FailedOutcome;
  noAnswer?: boolean;
}): Findings {
  const answer = { status: 200, isWebPage: false, clockOffsetMs: 300, ...given.answer };
  return {
    provider: 'exotel',
    configuration: {
      kind: 'usable',
      credentials: ['apiKey'],
      choice: MUMBAI,
      ...given.configuration,
    },
    network: {
      origin: 'https://ccm-api.in.exotel.com',
      dns: { kind: 'resolved', addresses: ['192.0.2.1'] },
      connection: {
        kind: 'secure',
        protocol: 'TLSv1.3',
        certificate: { issuer: 'An Authority', validTo: 'Jan 1 2030' },
      },
      tokenCall: {
        tookMs: 80,
        timeoutMs: 4_000,
        isDirect: false,
        answer: given.noAnswer === true ? undefined : answer,
        outcome: given.outcome ?? TOKEN,
      },
      ...given.network,
    },
  };
}

const unreachable = (networkCode: string, network: Partial<Network>) =>
  findings({
    noAnswer: true,
    outcome: failure('ERR_TOKEN_ENDPOINT_UNREACHABLE', networkCode),
    network,
  });
const refused = (status: number, answer: Partial<Answer> = {}) =>
  findings({ outcome: failure('ERR_TOKEN_REQUEST_REFUSED'), answer: { status, ...answer } });

describe('the advice, likeliest cause first:', () => {
  test.each<{ on: string; found: Findings; advice: RegExp[]; exitCode: number }>([
    { on: 'nothing where all is well', found: findings({}), advice: [], exitCode: 0 },
    {
      on: 'a setting that cannot work',
      found: { provider: 'exotel', configuration: { kind: 'wrong', problem: 'apiKey is missing' } },
      advice: [/^apiKey is missing$/],
      exitCode: 3,
    },
    {
      on: 'a rejected key: the region, and how to try the other, then the key',
      found: findings({ outcome: REJECTED, answer: { status: 401 } }),
      advice: [
        /a region other than mumbai.*axios-bearer doctor exotel --region singapore.*EXOTEL_REGION/,
        /^in the words of the library$/,
        /apiKey/,
      ],
      exitCode: 4,
    },
    {
      on: 'a rejected key where there are no regions: what the library says, then the key',
      found: findings({ outcome: REJECTED, configuration: { choice: undefined } }),
      advice: [/^in the words of the library$/, /^The key may be wrong/],
      exitCode: 4,
    },
    {
      on: 'a rejected key where the region is the only one',
      found: findings({ outcome: REJECTED, configuration: { choice: { ...MUMBAI, others: [] } } }),
      advice: [/^in the words of the library$/, /^The key may be wrong/],
      exitCode: 4,
    },
    {
      on: 'a rejected key at an address of the user’s own',
      found: findings({ outcome: REJECTED, configuration: { addressFrom: '--base-url' } }),
      advice: [
        /^--base-url overrides the address of region mumbai/,
        /^in the words of the library$/,
        /^The key may be/,
      ],
      exitCode: 4,
    },
    {
      on: 'a refused scope, which says nothing about the key',
      found: findings({
        outcome: { ...REJECTED, oauthCode: 'invalid_scope' },
        answer: { status: 400 },
      }),
      advice: [/^in the words of the library$/],
      exitCode: 4,
    },
    {
      on: 'an account without permission, which says nothing about the key either',
      found: findings({ outcome: REJECTED, answer: { status: 403 } }),
      advice: [/^in the words of the library$/],
      exitCode: 4,
    },
    {
      on: 'an unknown client, whatever the status',
      found: findings({
        outcome: { ...REJECTED, oauthCode: 'invalid_client' },
        answer: { status: 403 },
        configuration: { choice: undefined },
      }),
      advice: [/^in the words of the library$/, /^The key may be wrong/],
      exitCode: 4,
    },
    {
      on: 'a web page with status 403, which says nothing about the key',
      found: findings({ outcome: REJECTED, answer: { status: 403, isWebPage: true } }),
      advice: [/^A web page came back \(status 403\)/, /check EXOTEL_REGION/],
      exitCode: 5,
    },
    {
      on: 'a spent limit of unknown size',
      found: refused(429),
      advice: [/Wait a while/, /a store \(axios-bearer\/redis\)/],
      exitCode: 5,
    },
    {
      on: 'a server error at the provider',
      found: refused(503),
      advice: [/^The server at \S+ failed/],
      exitCode: 5,
    },
    {
      on: 'a redirect',
      found: refused(302),
      advice: [/redirects elsewhere.*region mumbai/],
      exitCode: 5,
    },
    { on: 'a wrong path', found: refused(404), advice: [/no token endpoint at this/], exitCode: 5 },
    {
      on: 'any other refusal, in the words of the library',
      found: refused(400),
      advice: [/^in the words of the library$/],
      exitCode: 5,
    },
    {
      on: 'a name that cannot be resolved',
      found: unreachable('ENOTFOUND', { dns: { kind: 'failed', code: 'ENOTFOUND' } }),
      advice: [/^Cannot resolve ccm-api\.in\.exotel\.com.*EXOTEL_REGION/],
      exitCode: 5,
    },
    {
      on: 'a refused connection',
      found: unreachable('ECONNREFUSED', {
        connection: { kind: 'unreachable', code: 'ECONNREFUSED' },
      }),
      advice: [
        /^Nothing is listening at https:\/\/ccm-api\.in\.exotel\.com\. The address is the one for region/,
      ],
      exitCode: 5,
    },
    {
      on: 'a connection that the server closes',
      found: unreachable('ECONNRESET', {}),
      advice: [/closed the connection/],
      exitCode: 5,
    },
    {
      on: 'an unreachable network',
      found: unreachable('ENETUNREACH', {}),
      advice: [/^https:\/\/ccm-api\S+ cannot be reached/],
      exitCode: 5,
    },
    {
      on: 'a connection that times out',
      found: unreachable('ERR_CANCELED', {
        connection: { kind: 'unreachable', code: 'ETIMEDOUT' },
      }),
      advice: [/^Could not connect to https:\S+ within 4 s\. A firewall.*HTTPS_PROXY/],
      exitCode: 5,
    },
    {
      on: 'no response on an open connection, which no firewall explains',
      found: unreachable('ERR_CANCELED', {}),
      advice: [/^Connected to https:\S+, but got no response within 4 s\.(?!.*firewall)/],
      exitCode: 5,
    },
    {
      on: 'no response through a proxy',
      found: unreachable('ERR_CANCELED', { proxyFrom: 'HTTPS_PROXY' }),
      advice: [/^No response came through the proxy set in HTTPS_PROXY within 4 s\./],
      exitCode: 5,
    },
    {
      on: 'a response that breaks off, in the words of the library',
      found: unreachable('ERR_BAD_RESPONSE', {}),
      advice: [/^in the words of the library$/],
      exitCode: 5,
    },
    {
      on: 'a certificate that has expired',
      found: unreachable('CERT_HAS_EXPIRED', {
        connection: {
          kind: 'insecure',
          code: 'CERT_HAS_EXPIRED',
          certificate: { issuer: 'An Authority', validTo: 'Jan 1 2020' },
        },
      }),
      advice: [/valid until Jan 1 2020.*this machine's date first/],
      exitCode: 5,
    },
    {
      on: 'a certificate for another host',
      found: unreachable('ERR_TLS_CERT_ALTNAME_INVALID', {
        connection: { kind: 'insecure', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      }),
      advice: [/for a host other than ccm-api\.in\.exotel\.com/],
      exitCode: 5,
    },
    {
      on: 'a proxy that inspects TLS, noticed by the token call only',
      found: unreachable('SELF_SIGNED_CERT_IN_CHAIN', {
        proxyFrom: 'HTTPS_PROXY',
        dns: { kind: 'skipped' },
        connection: { kind: 'skipped' },
      }),
      advice: [/not signed by an authority/, /NODE_EXTRA_CA_CERTS/],
      exitCode: 5,
    },
    {
      on: 'a clock that is late',
      found: findings({ answer: { clockOffsetMs: 600_000 } }),
      advice: [/clock is 10 min behind the provider's.*NTP/],
      exitCode: 0,
    },
    {
      on: 'a clock that is early, after the cause of the failure',
      found: refused(503, { clockOffsetMs: -90_000 }),
      advice: [/^The server at \S+ failed/, /clock is 1 min 30 s ahead of the provider's/],
      exitCode: 5,
    },
  ])('$on', ({ found, advice, exitCode }) => {
    const given = adviseOn(found);
    expect(given).toEqual(advice.map((text) => expect.stringMatching(text)));
    expect(exitCodeOf(found)).toBe(exitCode);
  });

  test('a clock that differs by less than a Date header can show is not reported', () => {
    expect(adviseOn(findings({ answer: { clockOffsetMs: 4_999 } }))).toEqual([]);
    expect(adviseOn(findings({ answer: { clockOffsetMs: 5_000 } }))).toHaveLength(1);
  });
});

describe('the checks', () => {
  test('say what was seen when all is well', () => {
    expect(checksOf(findings({})).map(({ what, outcome, seen }) => [what, outcome, seen])).toEqual([
      ['configuration', 'ok', 'apiKey, region mumbai'],
      ['DNS', 'ok', '192.0.2.1'],
      ['TLS', 'ok', 'TLSv1.3, certificate from An Authority, valid until Jan 1 2030'],
      ['token call', 'ok', 'status 200 from https://ccm-api.in.exotel.com in 80 ms'],
      ['read as', 'ok', 'a token of 100 characters, valid for 1 h'],
      ['clock', 'ok', "the same as the provider's"],
    ]);
  });

  test("give the provider's own words", () => {
    const diagnosis = { code: '1010', message: 'Authorization failed', requestId: 'rq-1' };
    const checks = checksOf(
      findings({ outcome: { ...REJECTED, diagnosis }, answer: { status: 401 } }),
    );
    expect(checks.find(({ what }) => what === 'provider says')).toEqual({
      what: 'provider says',
      outcome: 'note',
      seen: '1010, Authorization failed, request rq-1',
    });
  });

  test('skip what a proxy does instead', () => {
    const proxied = findings({
      network: {
        proxyFrom: 'HTTPS_PROXY',
        dns: { kind: 'skipped' },
        connection: { kind: 'skipped' },
      },
    });
    const skipped = checksOf(proxied).filter(({ outcome }) => outcome === 'skipped');
    expect(skipped.map(({ what }) => what)).toEqual(['DNS', 'TLS']);
  });

  test('have no clock to compare without a response', () => {
    const checks = checksOf(unreachable('ECONNREFUSED', {}));
    expect(checks.slice(-2).map(({ what, outcome }) => [what, outcome])).toEqual([
      ['read as', 'skipped'],
      ['clock', 'skipped'],
    ]);
  });
});
