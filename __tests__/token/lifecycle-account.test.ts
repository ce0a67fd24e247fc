import { describe, expect, it, test } from '@jest/globals';

import { initialAccount, withAccount } from '../../src/token/lifecycle.js';
import { heldToken, inWords, Life, MINUTE, moment, SECOND, stateWith } from './life.js';

/** A life whose flight is under way, with its token call out. */
const calling = (changes = {}) => {
  const life = new Life();
  life.state = stateWith(changes);
  life.request();
  life.happens({ kind: 'token-call' });
  return life;
};

/** As the shell does it: the other token knows of the account what this one has learnt. */
const another = (life: Life, state = stateWith()) => {
  const other = new Life();
  other.now = life.now;
  other.state = withAccount(state, life.state.account);
  return other;
};

describe('what a failed token call speaks about', () => {
  it('the account: all its tokens are left without a call for as long', () => {
    const life = calling();
    life.fails('credentials');

    expect(inWords(another(life).request())).toBe('fail (cooling)');
    expect(life.state.endpoint).toEqual({});
  });

  it('the request: other tokens of the account go on', () => {
    const life = calling();
    life.fails('credentials', { concerns: 'request' });

    expect(inWords(life.request())).toBe('fail (cooling)');
    expect(inWords(another(life).request())).toBe('wait (cold)');
  });

  it.each(['account', 'request'] as const)('each counts its own failures: %s', (concerns) => {
    const life = calling();
    life.fails('credentials', { concerns });
    life.pass(5 * SECOND).request();
    life.fails('credentials', { concerns: concerns === 'account' ? 'request' : 'account' });

    expect(life.coolDownMs).toBe(5 * SECOND);
  });

  it.each(['account', 'request'] as const)(
    'so it is where another process was refused: %s',
    (concerns) => {
      const life = new Life();
      life.request();
      life.happens({
        kind: 'cooling-elsewhere',
        flightId: life.flightId,
        failure: 'refused elsewhere',
        cause: 'transient',
        concerns,
        delayMs: 4 * SECOND,
        failures: 1,
        random: 0.5,
      });

      const others = concerns === 'account' ? 'fail (cooling)' : 'wait (cold)';
      expect(inWords(life.request())).toBe('fail (cooling)');
      expect(inWords(another(life).request())).toBe(others);
    },
  );
});

describe('failures of one account', () => {
  it('that were under way at the same time count as one', () => {
    const life = calling();
    const meanwhile = calling();
    life.pass(SECOND).fails('transient');
    meanwhile.state = withAccount(meanwhile.state, life.state.account);
    meanwhile.pass(2 * SECOND).fails('transient');

    expect(meanwhile.state.account.endpoint.trouble?.failures).toBe(1);
  });

  it('whose call went out as the last one failed count as one, and later ones do not', () => {
    const first = calling();
    first.fails('transient');
    const atOnce = calling();
    atOnce.state = withAccount(atOnce.state, first.state.account);
    atOnce.pass(SECOND).fails('transient');
    const later = new Life();
    later.pass(1).request();
    later.happens({ kind: 'token-call' });
    later.state = withAccount(later.state, first.state.account);
    later.pass(SECOND).fails('transient');

    expect(atOnce.state.account.endpoint.trouble?.failures).toBe(1);
    expect(later.state.account.endpoint.trouble?.failures).toBe(2);
  });

  it('count without a call, where a vault is down: there is a token to protect from being asked for', () => {
    const life = new Life();
    life.state = stateWith({ slot: heldToken() });
    life.now = moment.early;
    life.request();
    life.fails('local');
    life.pass(6 * SECOND).request();
    life.fails('local');

    expect(life.state.account.endpoint.trouble?.failures).toBe(2);
    expect(life.state.account.endpoint.trouble?.cause).toBe('transient');
  });

  it('that were never called close no gate, though there is a token', () => {
    const life = new Life();
    life.state = stateWith({ slot: heldToken() });
    life.now = moment.early;
    life.request();

    expect(life.fails('not-called')).toEqual({ kind: 'refused' });
    expect(life.coolDownMs).toBe(0);
    expect(life.notices).toEqual([]);
  });
});

describe('behaviour 38: what is remembered across failures of different kinds', () => {
  it('rejected credentials keep the longer of two cool-downs', () => {
    const life = calling();
    life.fails('credentials', { retryAfterMs: 10 * MINUTE });
    // The call of another token was under way.
    const meanwhile = calling();
    meanwhile.state = withAccount(meanwhile.state, life.state.account);
    meanwhile.fails('credentials');

    expect(meanwhile.coolDownMs).toBe(10 * MINUTE);
  });

  it('an endpoint that rejects the credentials is up: an outage is forgotten', () => {
    const life = calling();
    life.fails('transient');
    life.pass(SECOND).request();
    life.fails('credentials');

    expect(Object.keys(life.state.account.endpoint)).toEqual(['rejected']);
  });

  it('a delay that the server asked for outlasts the rejection of the credentials', () => {
    const life = calling();
    const meanwhile = calling();
    life.fails('server-set', { retryAfterMs: 10 * MINUTE });
    meanwhile.state = withAccount(meanwhile.state, life.state.account);
    meanwhile.fails('credentials');

    expect(meanwhile.coolDownMs).toBe(10 * MINUTE);
    expect(meanwhile.state.account.endpoint.rejected).toBeDefined();
  });

  it('a delay that the server asks for is counted anew after an outage', () => {
    const life = calling();
    life.fails('transient');
    life.pass(SECOND).request();
    life.fails('server-set', { retryAfterMs: MINUTE });

    expect(life.state.account.endpoint.trouble).toMatchObject({ cause: 'server-set', failures: 1 });
  });

  const toldElsewhere = (life: Life, failures: number) => {
    life.request();
    life.happens({
      kind: 'cooling-elsewhere',
      flightId: life.flightId,
      failure: 'rejected elsewhere',
      cause: 'credentials',
      concerns: 'account',
      delayMs: 20 * SECOND,
      failures,
      random: 0.5,
    });
  };

  it('what another process was told does not replace the error that this one got', () => {
    const life = calling();
    life.fails('credentials');
    life.pass(5 * SECOND);
    toldElsewhere(life, 3);

    expect(life.state.account.endpoint.rejected).toMatchObject({
      failure: 'credentials failure',
      failures: 3,
    });
    expect(life.state.account.endpoint.trouble).toBeUndefined();
    expect(life.coolDownMs).toBe(20 * SECOND);
  });

  it('nor does it lower the count of failures; where there was none it is all that is known', () => {
    const life = calling();
    for (const coolDownMs of [5 * SECOND, 10 * SECOND]) {
      life.fails('credentials');
      life.pass(coolDownMs).request();
    }
    toldElsewhere(life, 1);
    const fresh = new Life();
    toldElsewhere(fresh, 1);

    expect(life.state.account.endpoint.rejected?.failures).toBe(2);
    expect(fresh.state.account.endpoint.rejected).toMatchObject({
      failure: 'rejected elsewhere',
      failures: 1,
    });
  });
});

describe('credentials that changed', () => {
  it('begin another account, and leave what was said of this token’s requests', () => {
    const life = calling();
    life.fails('server-set', { retryAfterMs: MINUTE, concerns: 'request' });
    life.state = withAccount(life.state, {
      ...initialAccount<string>(),
      endpoint: {
        rejected: { failedAt: life.now, until: life.now, failures: 4, failure: 'rejected' },
      },
    });
    life.happens({ kind: 'credentials-changed' });

    expect(life.state.account).toEqual(initialAccount());
    expect(life.state.endpoint.trouble?.delayMs).toBe(MINUTE);
    expect(life.coolDownMs).toBe(MINUTE);
  });

  it('forget a rejection that spoke of this token’s requests', () => {
    const life = calling();
    life.fails('credentials', { concerns: 'request' });
    life.happens({ kind: 'credentials-changed' });

    expect(life.state.endpoint).toEqual({});
  });
});

describe('a flight that can never land', () => {
  it('is replaced by the next request, and says nothing about the endpoint', () => {
    const life = calling({ slot: heldToken({ suspect: true }) });
    life.happens({ kind: 'flight-lost' });

    expect(life.state.flight).toBeUndefined();
    expect(life.held.token.value).toBe('T1');
    expect(life.coolDownMs).toBe(0);
    expect(life.request()).toMatchObject({ kind: 'wait', flight: { id: 2, reason: 'rejected' } });
  });
});

describe('a token call', () => {
  it('outside any flight is allowed, and starts none', () => {
    const life = new Life();

    expect(life.happens({ kind: 'token-call' })).toEqual({ kind: 'go', sentAt: life.now });
    expect(life.state.flight).toBeUndefined();
  });
});

test('the state is the same object where nothing has happened to its account', () => {
  const state = stateWith();
  const account = { ...state.account };

  expect(withAccount(state, state.account)).toBe(state);
  expect(withAccount(state, account)).toEqual({ ...state, account });
  expect(withAccount(state, account).account).toBe(account);
});
