import fc from 'fast-check';

/** What the token endpoint does with the next calls. */
export type EndpointMode =
  | { readonly kind: 'token'; readonly lifeSeconds: number | undefined }
  | { readonly kind: 'same token' }
  | { readonly kind: 'expired token' }
  | { readonly kind: 'status'; readonly status: number }
  | {
      readonly kind: 'retry after';
      readonly status: number;
      readonly seconds: number;
      readonly asDate: boolean;
    }
  | { readonly kind: 'rejects credentials' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hangs' };

/**
 * `prompt`: answers at once; `slow`: when the scheduler says so; `deaf`: so too, and works on for a caller who has given up;
 * a number: after that many milliseconds.
 */
export type Manner = 'prompt' | 'slow' | 'deaf' | number;

export type VaultMode = 'answers' | 'slow' | 'throws' | 'nonsense' | 'hangs';

/** Two kinds of requests: for the token without parameters, and for one with. */
export type Key = '' | 'x';

/** What becomes of a request that has a token. */
export type Path =
  | 'fine'
  /** Answers 401 whatever token comes. */
  | 'likes none'
  /** So too, and no replay is ever answered. */
  | 'loses replays'
  /** So too, to requests that cannot be sent again. */
  | 'once only';

export type Step =
  /** What a step that does not matter is shrunk to. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'request';
      readonly key: Key;
      readonly path: Path;
      readonly timeoutMs: number | undefined;
    }
  | { readonly kind: 'abort'; readonly which: number }
  /** One thing under way over the network is answered: fast-check's scheduler picks which. */
  | { readonly kind: 'answer' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'endpoint'; readonly mode: EndpointMode; readonly manner: Manner }
  | { readonly kind: 'vault'; readonly mode: VaultMode }
  | { readonly kind: 'rotate'; readonly vaultKnows: boolean }
  | { readonly kind: 'revoke' }
  /** One request after the other, before each of which all tokens are revoked. */
  | {
      readonly kind: 'deaths';
      readonly key: Key;
      readonly path: Path;
      readonly count: number;
    }
  | { readonly kind: 'late 401'; readonly which: number; readonly onReplay: boolean }
  | { readonly kind: 'clear' }
  | { readonly kind: 'jump'; readonly ms: number }
  | { readonly kind: 'suspend'; readonly ms: number };

export interface Setting {
  readonly seed: number;
  readonly maxStaleMs: number;
  readonly singleActiveToken: boolean;
  readonly keepWarm: boolean;
  readonly onCredentialsRejected: 'keep' | 'drop';
  readonly tokenBudget: { readonly calls: number; readonly windowMs: number } | undefined;
  /** The source is closed after the last step, whatever is under way then; otherwise once everything has healed. */
  readonly closesMidway: boolean;
}

const key = fc.constantFrom<Key[]>('', '', '', 'x');

const endpointMode: fc.Arbitrary<EndpointMode> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(4, 20, 60, 600, 3600, undefined)
      .map((lifeSeconds) => ({ kind: 'token' as const, lifeSeconds })),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom<EndpointMode[]>(
      { kind: 'same token' },
      { kind: 'expired token' },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 429 },
      { kind: 'status', status: 400 },
      { kind: 'rejects credentials' },
      { kind: 'malformed' },
      { kind: 'reset' },
      { kind: 'hangs' },
      { kind: 'retry after', status: 503, seconds: 2, asDate: false },
      { kind: 'retry after', status: 503, seconds: 30, asDate: true },
      { kind: 'retry after', status: 503, seconds: 0, asDate: false },
      { kind: 'retry after', status: 400, seconds: 30, asDate: false },
      { kind: 'retry after', status: 401, seconds: 30, asDate: false },
    ),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'nothing' }) },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      key,
      path: fc.constantFrom<Path[]>(
        ...Array.from({ length: 9 }, () => 'fine' as const),
        'likes none',
        'loses replays',
        'once only',
      ),
      timeoutMs: fc.constantFrom(undefined, undefined, undefined, 50, 3_000),
    }),
  },
  { weight: 16, arbitrary: fc.constant<Step>({ kind: 'answer' }) },
  {
    weight: 12,
    arbitrary: fc
      .constantFrom(
        1,
        10,
        50,
        100,
        400,
        400,
        1_000,
        1_000,
        3_000,
        3_000,
        10_000,
        10_000,
        50_000,
        50_000,
        300_000,
        900_000,
      )
      .map((ms) => ({ kind: 'pass' as const, ms })),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('endpoint' as const),
      mode: endpointMode,
      manner: fc.constantFrom<Manner[]>('slow', 'prompt', 'deaf'),
    }),
  },
  { weight: 2, arbitrary: fc.nat(20).map((which) => ({ kind: 'abort' as const, which })) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'revoke' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deaths' as const),
      key,
      path: fc.constantFrom<Path[]>('fine', 'likes none', 'loses replays', 'once only'),
      count: fc.constantFrom(8, 8, 8, 8, 40),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('late 401' as const),
      which: fc.nat(20),
      onReplay: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<VaultMode[]>('answers', 'slow', 'throws', 'nonsense', 'hangs')
      .map((mode) => ({ kind: 'vault' as const, mode })),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((vaultKnows) => ({ kind: 'rotate' as const, vaultKnows })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'clear' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step[]>(
      { kind: 'jump', ms: -3_600_000 },
      { kind: 'jump', ms: 3_600_000 },
      { kind: 'jump', ms: 30_000 },
      { kind: 'suspend', ms: 30_000 },
      { kind: 'suspend', ms: 3_600_000 },
    ),
  },
);

/** At least 50 steps. In a run that fails those that do not matter are shrunk to nothing. */
export const steps = fc.array(step, { minLength: 52, maxLength: 70, size: 'max' });

export const setting: fc.Arbitrary<Setting> = fc.record({
  seed: fc.nat(),
  maxStaleMs: fc.constantFrom(0, 0, 20_000),
  singleActiveToken: fc.constantFrom(false, false, false, true),
  keepWarm: fc.constantFrom(false, false, false, false, false, true),
  onCredentialsRejected: fc.constantFrom<('keep' | 'drop')[]>('keep', 'keep', 'drop'),
  tokenBudget: fc.constantFrom(undefined, undefined, undefined, { calls: 5, windowMs: 60_000 }),
  closesMidway: fc.constantFrom(false, false, false, false, false, true),
});
