import fc from 'fast-check';

import type { EndpointMode, Manner, Path } from '../steps.js';
import type { LinkMode } from './link.js';

export type Edition = 'first' | 'second';

/** One of the processes; those that are dead or closed are passed over. */
type Which = number;

export type FleetStep =
  /** What a step that does not matter is shrunk to. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'request';
      readonly which: Which;
      readonly path: Path;
      readonly timeoutMs: number | undefined;
      /** The API answers when the scheduler says so. */
      readonly isSlow: boolean;
    }
  /** Every process sends a request. */
  | { readonly kind: 'all request' }
  /** One thing under way over the network is answered: fast-check's scheduler picks which. */
  | { readonly kind: 'answer' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'endpoint'; readonly mode: EndpointMode; readonly manner: Manner }
  | { readonly kind: 'revoke' }
  | { readonly kind: 'late 401'; readonly which: Which; readonly token: number }
  | { readonly kind: 'clear'; readonly which: Which }
  | { readonly kind: 'abort'; readonly which: Which }
  /** The provider takes another secret. Some processes learn it at once, the others with `vault`. */
  | { readonly kind: 'rotate'; readonly allKnow: boolean }
  | { readonly kind: 'vault' }
  // What befalls processes and the store.
  | { readonly kind: 'link'; readonly which: Which | 'all'; readonly mode: LinkMode }
  | { readonly kind: 'stop'; readonly which: Which; readonly how: 'stopped' | 'asleep' }
  | { readonly kind: 'go on' }
  | { readonly kind: 'kill'; readonly which: Which }
  | { readonly kind: 'close'; readonly which: Which }
  | { readonly kind: 'start'; readonly edition: Edition; readonly storeKey: '' | 'new' }
  | { readonly kind: 'jump'; readonly which: Which; readonly ms: number }
  | { readonly kind: 'failover'; readonly lost: number }
  | { readonly kind: 'flush' };

export interface FleetSetting {
  readonly seed: number;
  readonly editions: readonly Edition[];
  readonly singleActiveToken: boolean;
  /** The records are pinned by a `cacheIdentity`, whatever the secret is. */
  readonly isPinned: boolean;
  readonly clocksApart: boolean;
  /** The part of the hints of the store that get lost. */
  readonly lostHints: number;
  /** The sources are closed after the last step, whatever is under way then; otherwise once everything has healed. */
  readonly closesMidway: boolean;
}

const MOST_PROCESSES = 4;
const which = fc.nat(MOST_PROCESSES - 1);

const token = (lifeSeconds: number | undefined): EndpointMode => ({ kind: 'token', lifeSeconds });

const mode: fc.Arbitrary<EndpointMode> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(20, 60, 600, 3600, 3600, undefined).map(token) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<EndpointMode[]>(
      { kind: 'same token' },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 429 },
      { kind: 'rejects credentials' },
      { kind: 'malformed' },
      { kind: 'reset' },
      { kind: 'hangs' },
      { kind: 'retry after', status: 503, seconds: 2, asDate: false },
      { kind: 'retry after', status: 503, seconds: 30, asDate: false },
    ),
  },
);

/** What happens to any fleet, however healthy its store and its hosts. */
const ordinary: fc.WeightedArbitrary<FleetStep>[] = [
  { weight: 1, arbitrary: fc.constant<FleetStep>({ kind: 'nothing' }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      which,
      path: fc.constantFrom<Path[]>(
        ...Array.from({ length: 12 }, () => 'fine' as const),
        'likes none',
        'loses replays',
        'once only',
      ),
      timeoutMs: fc.constantFrom(undefined, undefined, undefined, 50, 3_000),
      isSlow: fc.constantFrom(false, false, true),
    }),
  },
  { weight: 5, arbitrary: fc.constant<FleetStep>({ kind: 'all request' }) },
  { weight: 7, arbitrary: fc.constant<FleetStep>({ kind: 'answer' }) },
  {
    weight: 12,
    arbitrary: fc
      .constantFrom(
        1,
        10,
        50,
        100,
        300,
        300,
        1_000,
        1_000,
        3_000,
        3_000,
        5_000,
        10_000,
        50_000,
        900_000,
      )
      .map((ms) => ({ kind: 'pass' as const, ms })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('endpoint' as const),
      mode,
      manner: fc.constantFrom<Manner[]>('prompt', 20, 20, 400, 4_000, 'slow', 'deaf'),
    }),
  },
  { weight: 3, arbitrary: fc.constant<FleetStep>({ kind: 'revoke' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('late 401' as const),
      which,
      token: fc.nat(20),
    }),
  },
  { weight: 1, arbitrary: which.map((which) => ({ kind: 'abort' as const, which })) },
  { weight: 1, arbitrary: which.map((which) => ({ kind: 'clear' as const, which })) },
];

const trouble: fc.WeightedArbitrary<FleetStep>[] = [
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('link' as const),
      which: fc.oneof(which, fc.constant('all' as const)),
      mode: fc.constantFrom<LinkMode[]>(
        'up',
        'up',
        'up',
        'slow',
        'refused',
        'black hole',
        'offline queue',
        'offline queue',
        'loses answers',
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stop' as const),
      which,
      how: fc.constantFrom<('stopped' | 'asleep')[]>('stopped', 'stopped', 'asleep'),
    }),
  },
  { weight: 2, arbitrary: fc.constant<FleetStep>({ kind: 'go on' }) },
  { weight: 1, arbitrary: which.map((which) => ({ kind: 'kill' as const, which })) },
  { weight: 1, arbitrary: which.map((which) => ({ kind: 'close' as const, which })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(-3_600_000, 30_000, 3_600_000)
      .chain((ms) => which.map((which) => ({ kind: 'jump' as const, which, ms }))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 2, 5, 20).map((lost) => ({ kind: 'failover' as const, lost })),
  },
  { weight: 1, arbitrary: fc.constant<FleetStep>({ kind: 'flush' }) },
  {
    weight: 1,
    arbitrary: fc.boolean().map((allKnow) => ({ kind: 'rotate' as const, allKnow })),
  },
  { weight: 1, arbitrary: fc.constant<FleetStep>({ kind: 'vault' }) },
];

const start = (...made: Pick<Extract<FleetStep, { kind: 'start' }>, 'edition' | 'storeKey'>[]) => ({
  weight: 2,
  arbitrary: fc.constantFrom(...made).map((one) => ({ kind: 'start' as const, ...one })),
});

const stepsOf = (...kinds: fc.WeightedArbitrary<FleetStep>[]) =>
  fc.array(fc.oneof({ withCrossShrink: true }, ...kinds), {
    minLength: 50,
    maxLength: 60,
    size: 'max',
  });

/** Nothing is wrong but the endpoint and the tokens. */
export const healthySteps = stepsOf(...ordinary, start({ edition: 'second', storeKey: '' }));
/** Everything goes wrong that can. */
export const troubledSteps = stepsOf(
  ...ordinary,
  ...trouble,
  start(
    { edition: 'second', storeKey: '' },
    { edition: 'second', storeKey: '' },
    { edition: 'second', storeKey: 'new' },
  ),
);
/** The first edition is taken out of service and the second put into it. */
export const upgradeSteps = stepsOf(
  ...ordinary,
  ...trouble,
  start({ edition: 'second', storeKey: '' }, { edition: 'first', storeKey: '' }),
);

export const fleetSetting: fc.Arbitrary<FleetSetting> = fc.record({
  seed: fc.nat(),
  editions: fc.array(fc.constant<Edition>('second'), { minLength: 2, maxLength: MOST_PROCESSES }),
  singleActiveToken: fc.boolean(),
  isPinned: fc.boolean(),
  clocksApart: fc.boolean(),
  lostHints: fc.constantFrom(0, 0.3, 1),
  closesMidway: fc.constantFrom(false, false, false, false, false, true),
});
