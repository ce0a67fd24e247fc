import type { Provider } from '../../index.js';
import {
  exotel,
  learning360,
  oauth2ClientCredentials,
  singleview,
  truecaller,
  truecallerCalls,
  udara360,
} from '../../providers/index.js';
import type { SandboxProvider } from '../sandbox/provider.js';
import type { Sandbox, SandboxProviderName } from '../sandbox/start-sandbox.js';
import { createLane, type Lane, type LaneSetup } from './lane.js';
import type { Event } from './happening.js';

/** One of the providers on the page, and the library's own description of it. */
interface Row {
  readonly name: SandboxProviderName;
  readonly title: string;
  /** So that they do not renew their tokens in step. */
  readonly shareOfLife: number;
  readonly provider: (sandbox: Sandbox) => Provider;
}

const at = <C extends object>({ credentials, url }: SandboxProvider<C>) => ({
  ...credentials,
  baseURL: url,
});

/** Only the code that defines a provider needs the type of its credentials. */
const anyProvider = <C extends object>(provider: Provider<C>) => provider as unknown as Provider;

const ROWS: readonly Row[] = [
  {
    name: 'exotel',
    title: 'Exotel',
    shareOfLife: 1,
    provider: (sandbox) => anyProvider(exotel(at(sandbox.exotel))),
  },
  {
    name: 'truecaller',
    title: 'Truecaller',
    shareOfLife: 0.84,
    provider: (sandbox) => anyProvider(truecaller(at(sandbox.truecaller))),
  },
  {
    name: 'truecallerCalls',
    title: 'Truecaller calls',
    shareOfLife: 0.76,
    provider: (sandbox) => anyProvider(truecallerCalls(at(sandbox.truecallerCalls))),
  },
  {
    name: 'learning360',
    title: '360Learning',
    shareOfLife: 1.16,
    provider: (sandbox) => anyProvider(learning360(at(sandbox.learning360))),
  },
  {
    name: 'singleview',
    title: 'SingleView',
    shareOfLife: 0.92,
    provider: (sandbox) => anyProvider(singleview(at(sandbox.singleview))),
  },
  {
    name: 'udara360',
    title: 'Udara360',
    shareOfLife: 1.08,
    provider: (sandbox) => anyProvider(udara360(at(sandbox.udara360))),
  },
  {
    name: 'oauth2',
    title: 'OAuth 2.0',
    shareOfLife: 1.24,
    provider: ({ oauth2 }) =>
      anyProvider(
        oauth2ClientCredentials({ ...at(oauth2), tokenUrl: oauth2.tokenUrl, name: 'oauth2' }),
      ),
  },
];

/** How much faster a token dies here than in production. */
const TIMES_FASTER = 60;

/** Ten tokens in half an hour are not enough for tokens that live for seconds: the budget's time shrinks like their life. */
function inFastTime(provider: Provider): Provider {
  const { tokenBudget } = provider;
  if (tokenBudget === undefined) return provider;
  const { calls, windowMs } = tokenBudget;
  return { ...provider, tokenBudget: { calls, windowMs: windowMs / TIMES_FASTER } };
}

/** A lane for each of the providers that the sandbox was started with. */
export function createLanes(
  sandbox: Sandbox,
  settings: Pick<LaneSetup, 'tokenLifeMs' | 'tokenCallMs'>,
  tell: (lane: string, event: Event, at: number) => void,
): ReadonlyMap<string, Lane> {
  const started = ROWS.filter(({ name }) => sandbox.providers.some((one) => one.name === name));
  return new Map(
    started.map(({ name, title, shareOfLife, provider }) => {
      // The sandbox's own clock of that limit cannot be sped up.
      if (name === 'truecaller' || name === 'truecallerCalls')
        sandbox[name].enforceTokenRateLimit(false);
      const lane = createLane({
        title,
        provider: inFastTime(provider(sandbox)),
        sandbox: sandbox[name],
        // Whole seconds, as the providers state them.
        tokenLifeMs: Math.round((settings.tokenLifeMs * shareOfLife) / 1000) * 1000,
        tokenCallMs: settings.tokenCallMs,
        tell: (event, when) => tell(name, event, when),
      });
      return [name, lane];
    }),
  );
}
