import { createTokenSource, type TokenSourceOptions } from '../../../src/index.js';
import {
  createUserTokens,
  type UserTokensOptions,
} from '../../../src/oauth/user-tokens/create-user-tokens.js';
import { createMemoryStore } from '../../../src/store/index.js';
import { createChaosStore, createFakeClock, type ChaosStore } from '../../../src/testing/index.js';
import { eventsOf, handHeldEndpoint } from '../../token-source/hand-held.js';

export const CLIENT = { clientId: 'acme-client', clientSecret: 'acme-secret' };

/** Where the app keeps refresh tokens. `save` answers at once, unless the test holds or breaks it. */
export function database(rows: Readonly<Record<string, string>> = {}) {
  const held: (() => void)[] = [];
  const own = {
    rows: new Map(Object.entries(rows)),
    loads: [] as string[],
    saves: [] as string[],
    /** What `load` and `save` throw. */
    broken: {} as { load?: Error; save?: Error },
    /** Whether `save` waits for `release`. */
    isHeld: false,
    release: () => held.splice(0).forEach((go) => go()),
    load: (user: string): string | undefined => {
      own.loads.push(user);
      if (own.broken.load !== undefined) throw own.broken.load;
      return own.rows.get(user);
    },
    save: async (
      user: string,
      refreshToken: string,
      { replaces }: { readonly replaces: string | undefined },
    ) => {
      own.saves.push(`${user}: ${replaces ?? 'login'} -> ${refreshToken}`);
      if (own.isHeld) await new Promise<void>((resolve) => held.push(resolve));
      if (own.broken.save !== undefined) throw own.broken.save;
      own.rows.set(user, refreshToken);
    },
  };
  return own;
}

interface UsersOptions extends Omit<TokenSourceOptions, 'store'> {
  readonly rows?: Readonly<Record<string, string>>;
  readonly options?: Partial<UserTokensOptions<TokenSourceOptions>>;
}

/** Processes with one database and one authorization server, which replaces each refresh token when it is used. */
export function usersBench({ rows, options = {}, ...sourceOptions }: UsersOptions = {}) {
  const clock = createFakeClock();
  const endpoint = handHeldEndpoint(clock);
  const db = database(rows ?? { u1: 'u1-r1', u2: 'u2-r1' });
  const shared = createMemoryStore({ clock });
  /** Refresh tokens that are good no more. */
  const spent = new Set<string>();
  /** How often one came that was spent already. */
  let reuses = 0;

  const answer = (call: (typeof endpoint.calls)[number]): void => {
    const sent = String(call.params['refresh_token']);
    const [user, count] = sent.split('-r');
    if (spent.has(sent)) {
      reuses += 1;
      call.answer(400, { error: 'invalid_grant', error_description: `${sent} is spent` });
      return;
    }
    spent.add(sent);
    const next = Number(count) + 1;
    call.answer(200, {
      access_token: `${user}-a${next}`,
      refresh_token: `${user}-r${next}`,
      token_type: 'Bearer',
      expires_in: 3600,
    });
  };
  endpoint.onCall = answer;

  function process({ isShared = false }: { readonly isShared?: boolean } = {}) {
    const store: ChaosStore | undefined = isShared
      ? createChaosStore(shared, { schedule: (callback, ms) => clock.schedule(callback, ms) })
      : undefined;
    const users = createUserTokens(
      {
        createTokenSource,
        ...CLIENT,
        tokenUrl: 'https://login.acme.test/token',
        baseURL: 'https://api.acme.test',
        load: db.load,
        save: db.save,
        ...options,
      },
      {
        clock,
        random: () => 0,
        transport: { adapter: endpoint.adapter },
        ...sourceOptions,
        store,
      },
    );
    return {
      users,
      store,
      events: eventsOf(users.source),
      /** The value of a token of this user, or the error. */
      token: async (user: string): Promise<unknown> => {
        const asked = users.getToken(user).then(
          ({ value }) => value,
          (error: unknown) => error,
        );
        // The pause before `load` is asked again.
        await clock.advanceAsync(1);
        return asked;
      },
    };
  }

  return {
    clock,
    endpoint,
    db,
    spent,
    answer,
    process,
    /** The refresh tokens that the server was sent, oldest first. */
    sent: () => endpoint.calls.map(({ params }) => String(params['refresh_token'])),
    reuses: () => reuses,
    pass: (ms: number) => clock.advanceAsync(ms),
    settle: () => clock.advanceAsync(0),
  };
}

export const HOUR_MS = 3_600_000;
