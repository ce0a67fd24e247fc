import { checkOptions } from '../../errors/check-options.js';
import {
  aFunction,
  listOf,
  oneOf,
  record,
  rule,
  text,
  type Rules,
} from '../../errors/option-rules.js';
import { startExotel, type ExotelSandbox } from './exotel.js';
import { startLearning360, type Learning360Sandbox } from './learning360.js';
import { startOAuth2, type OAuth2Sandbox } from './oauth2.js';
import {
  openAll,
  type ProviderSetup,
  type SandboxProvider,
  type StartedProvider,
} from './provider.js';
import { startSingleview, type SingleviewSandbox } from './singleview.js';
import { startTruecaller, type TruecallerSandbox } from './truecaller.js';
import { startTruecallerCalls, type TruecallerCallsSandbox } from './truecaller-calls.js';
import { startUdara360, type Udara360Sandbox } from './udara360.js';

/** The sandbox providers by name. */
export interface SandboxProviders {
  readonly exotel: ExotelSandbox;
  readonly truecaller: TruecallerSandbox;
  readonly truecallerCalls: TruecallerCallsSandbox;
  readonly learning360: Learning360Sandbox;
  readonly singleview: SingleviewSandbox;
  readonly udara360: Udara360Sandbox;
  readonly oauth2: OAuth2Sandbox;
}

/** The name of a sandbox provider. */
export type SandboxProviderName = keyof SandboxProviders;

/** The name of a sandbox server: one per provider, two for Exotel and for Truecaller's campaigns. */
export type SandboxServerName = SandboxProviderName | 'exotelWrongRegion' | 'truecallerWebhook';

/** Options of {@link startSandbox}. */
export interface SandboxOptions<Name extends SandboxProviderName = SandboxProviderName> {
  /**
   * The wall clock by which tokens are issued and expire, in epoch milliseconds. Pass `createFakeClock().now` to control it.
   *
   * @defaultValue `Date.now`
   */
  now?: () => number;
  /**
   * The source of numbers in [0, 1) for opaque tokens.
   *
   * @defaultValue `Math.random`
   */
  random?: () => number;
  /**
   * The address to listen on.
   *
   * @defaultValue `'127.0.0.1'`
   */
  host?: string;
  /**
   * The ports by server. Any other server gets a free port.
   *
   * @defaultValue `{}`
   */
  ports?: Partial<Record<SandboxServerName, number>>;
  /**
   * The providers to start.
   *
   * @defaultValue all
   */
  only?: readonly Name[];
  /**
   * How many requests each log keeps; the oldest are dropped first. `Infinity` keeps them all.
   *
   * @defaultValue 100000
   */
  maxLogEntries?: number;
}

/** Fake providers over real HTTP on loopback, with switches to break them: those that were started, by name. */
export type Sandbox<Name extends SandboxProviderName = SandboxProviderName> = SandboxControls &
  Pick<SandboxProviders, Name>;

/** The part of a sandbox that is not a provider. */
export interface SandboxControls {
  /** The providers that were started. */
  readonly providers: readonly SandboxProvider[];
  /** Resets all providers to their state at the start. Addresses stay. */
  reset(): void;
  /** Closes all servers and open connections. Safe to call twice. */
  readonly close: () => Promise<void>;
  /** The same as {@link SandboxControls.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const STARTERS: {
  readonly [Name in SandboxProviderName]: (
    setup: ProviderSetup,
  ) => Promise<StartedProvider<SandboxProviders[Name]>>;
} = {
  exotel: startExotel,
  truecaller: startTruecaller,
  truecallerCalls: startTruecallerCalls,
  learning360: startLearning360,
  singleview: startSingleview,
  udara360: startUdara360,
  oauth2: startOAuth2,
};

const ALL = Object.keys(STARTERS) as readonly SandboxProviderName[]; // the keys of the table above

const RULES: Rules<keyof SandboxOptions> = {
  now: aFunction,
  random: aFunction,
  host: text,
  ports: record,
  // Before anything is started: a caller who gets an error could not stop what is running.
  only: listOf(oneOf(ALL)),
  maxLogEntries: rule(
    (count) => count === Infinity || (Number.isInteger(count) && (count as number) >= 0),
    'must be a whole number of at least 0, or Infinity',
  ),
};

/**
 * Starts fakes of Exotel, Truecaller (campaigns and calls), 360Learning, SingleView, Udara360 and a generic OAuth 2.0 server on free
 * loopback ports. They answer as documented.
 *
 * Behaviour that is not documented is a guess, listed at the top of each provider's file. Besides the documented paths every server
 * has test routes under `/__sandbox/`: `echo`, `public-echo`, `always-401`, `status/{code}`, `slow?ms=`, `redirect?to=` and `stream`.
 *
 * @example
 * ```ts
 * const sandbox = await startSandbox({ only: ['exotel'] });
 * sandbox.exotel.revokeTokens();
 * await sandbox.close();
 * ```
 * @throws `MisconfigurationError` for an unknown option, or a name in `only` that the sandbox does not have; the system's own error if a port is in use. In this case everything is closed again.
 */
export async function startSandbox<Name extends SandboxProviderName = SandboxProviderName>(
  options: SandboxOptions<Name> = {},
): Promise<Sandbox<Name>> {
  checkOptions(options, RULES, { of: 'the sandbox' });
  const { ports = {} } = options;
  const only: readonly SandboxProviderName[] = options.only ?? ALL;
  const setup: ProviderSetup = {
    host: options.host ?? '127.0.0.1',
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    maxLogEntries: options.maxLogEntries ?? 100_000,
    portOf: (label) => (label in ports ? (ports[label as SandboxServerName] ?? 0) : 0),
  };
  const started = await openAll<StartedProvider<SandboxProvider>>(
    only.map((name) => () => STARTERS[name](setup)),
  );
  const providers = started.map(({ provider }) => provider);

  const close = async () => {
    await Promise.all(started.map((one) => one.close()));
  };
  const sandbox = {
    providers,
    reset: () => providers.forEach((provider) => provider.reset()),
    close,
    [Symbol.asyncDispose]: close,
  };
  for (const name of ALL) {
    const provider = providers.find((one) => one.name === name);
    Object.defineProperty(sandbox, name, {
      enumerable: provider !== undefined,
      get: () => provider ?? notStarted(name),
    });
  }
  // The loop has added every provider's name, which the type of the literal cannot express.
  return sandbox as unknown as Sandbox<Name>;
}

function notStarted(name: string): never {
  throw new Error(`The sandbox was started without "${name}"; add it to the option "only".`);
}
