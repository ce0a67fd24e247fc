/*
 * Truecaller for Business, Verified Campaigns.
 *
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/generate-access-token
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/authentication
 *
 * Documented: the token path, `X-Public-Access: allow`, the body, `{ token, created_at }`, 60 minutes of life that no field
 * states, the 401 body, at most 10 tokens per 30 minutes.
 * Hypothesis: that a missing or wrong `X-Public-Access`, organisation or key all draw that one 401; what the eleventh token
 * gets (here 429 in the documented error shape; the status appears nowhere); that a token issued again counts as one more;
 * that a dead bearer token draws 401 in the same shape.
 */
import type { Answer } from './answers.js';
import { json } from './answers.js';
import { createCredentialBox } from './credential-box.js';
import { createOpaqueWriter } from './fake-tokens.js';
import { createLifetimeNotation } from './lifetime-notation.js';
import type { ProviderSetup, SandboxProvider, StartedProvider } from './provider.js';
import { startProvider, withVerbs } from './provider.js';
import { objectBody } from './read-body.js';
import type { Route } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import { createTokenLedger } from './token-ledger.js';
import type { TruecallerEvents } from './truecaller-events.js';
import { createTruecallerEvents } from './truecaller-events.js';
import { createTokenRateLimit } from './token-rate-limit.js';
import type { TruecallerCampaigns } from './truecaller-campaigns.js';
import { createTruecallerCampaigns } from './truecaller-campaigns.js';
import { truecallerFailure } from './truecaller-failure.js';

/** Credentials of the sandbox's Truecaller. */
export interface TruecallerCredentials {
  readonly organisationId: string;
  readonly apiKey: string;
  readonly keyId: string;
}

/** Credentials of the webhook host, which have nothing to do with tokens. */
export interface TruecallerWebhookCredentials {
  readonly orgId: string;
  readonly orgToken: string;
}

/** The sandbox's Truecaller. */
export interface TruecallerSandbox
  extends SandboxProvider<TruecallerCredentials>, TruecallerCampaigns, TruecallerEvents {
  /** Origin of the webhook host, which takes `X-Org-ID` and `X-Org-Token` and no bearer token. `url` serves its paths too. */
  readonly webhookUrl: string;
  /** Credentials of the webhook host that are valid now. */
  readonly webhookCredentials: TruecallerWebhookCredentials;
  /** Makes the present webhook token invalid at once, as the console does, and returns its successor. */
  regenerateWebhookToken(): TruecallerWebhookCredentials;
  /** Whether the limit of 10 tokens per 30 minutes holds. On at the start. */
  enforceTokenRateLimit(on?: boolean): void;
}

/** Life of a token: stated in prose only, so clients count from `created_at`. */
const LIFETIME_SECONDS = 3600;

/**
 * Starts Truecaller on two servers: the portal and the webhook host.
 *
 * @internal
 */
export async function startTruecaller(
  setup: ProviderSetup,
): Promise<StartedProvider<TruecallerSandbox>> {
  const credentials = createCredentialBox((generation) => ({
    organisationId: 'sandbox-organisation',
    apiKey: fakeUuid(generation, 'a'),
    keyId: fakeUuid(generation, 'b'),
  }));
  const webhookCredentials = createCredentialBox((generation) => ({
    orgId: 'sandbox-organisation',
    orgToken: `fake-webhook-token-${generation}`,
  }));
  const ledger = createTokenLedger({
    now: setup.now,
    lifetimeSeconds: LIFETIME_SECONDS,
    write: createOpaqueWriter('sandbox_truecaller', 64, setup.random),
  });
  const lifetime = createLifetimeNotation();
  const rateLimit = createTokenRateLimit({ now: setup.now, most: 10, windowMs: 30 * 60_000 });
  const campaigns = createTruecallerCampaigns();
  const events = createTruecallerEvents(setup, () => credentials.current.organisationId);

  function issueToken(request: SandboxRequest, params: Readonly<Record<string, string>>): Answer {
    // Documented for this endpoint, though nothing else there asks for such a header.
    if (request.headers['x-public-access'] !== 'allow') return unauthorized(MISSING_HEADER);
    const { organisationId, apiKey, keyId } = credentials.current;
    const body = objectBody(request);
    if (
      params.organisationId !== organisationId ||
      body.api_key !== apiKey ||
      body.key_id !== keyId
    ) {
      return unauthorized('Invalid api_key or key_id');
    }
    if (!rateLimit.allow()) {
      return truecallerFailure(429, 'rate-limit-error', 'At most 10 tokens per 30 minutes');
    }
    const { token, expiresAt } = ledger.issue();
    // The hour from `created_at` is all that a client knows, so a token with another life has its birth moved.
    const createdAt = new Date(expiresAt - LIFETIME_SECONDS * 1000).toISOString();
    return json(200, { token, created_at: lifetime.field(createdAt) });
  }

  const hasWebhookToken = ({ headers }: SandboxRequest) => {
    const { orgId, orgToken } = webhookCredentials.current;
    return headers['x-org-id'] === orgId && headers['x-org-token'] === orgToken
      ? undefined
      : unauthorized('Invalid X-Org-ID or X-Org-Token');
  };
  // To add endpoints, list them here: bearer tokens open the first, organisation headers the second.
  const portalRoutes: readonly Route[] = [...campaigns.portalRoutes];
  const webhookRoutes: readonly Route[] = [...campaigns.webhookRoutes];
  // Truecaller has two hosts, but a client of one base URL sends everything there.
  const allRoutes = [
    ...portalRoutes,
    ...webhookRoutes.map((route) => ({ ...route, access: hasWebhookToken })),
  ];

  const started = await startProvider(setup, {
    name: 'truecaller',
    credentials,
    ledger,
    lifetime,
    tokenPath: '/organisations/:organisationId/campaigns/token',
    tokenPathFor: ({ organisationId }) => `/organisations/${organisationId}/campaigns/token`,
    refuse: (rejection) =>
      unauthorized(rejection === 'missing' ? MISSING_HEADER : 'Invalid or expired token'),
    notFound: () => truecallerFailure(404, 'not-found-error', 'Not found'),
    hosts: [
      { label: 'truecaller', routes: allRoutes, token: issueToken },
      { label: 'truecallerWebhook', routes: webhookRoutes, access: hasWebhookToken },
    ],
    reset() {
      webhookCredentials.reset();
      rateLimit.reset();
      campaigns.reset();
      events.reset();
    },
  });
  const provider = withVerbs(started.provider, {
    webhookUrl: started.origins[1] ?? '',
    get webhookCredentials() {
      return webhookCredentials.current;
    },
    regenerateWebhookToken: () => webhookCredentials.rotate(),
    enforceTokenRateLimit: (on = true) => rateLimit.enforce(on),
    ...campaigns.verbs,
    ...events.verbs,
  });
  return {
    provider,
    async close() {
      await Promise.all([started.close(), events.close()]);
    },
  };
}

const MISSING_HEADER = 'Missing authorization header';

function unauthorized(message: string): Answer {
  return truecallerFailure(401, 'authorization-error', message);
}

function fakeUuid(generation: number, kind: string): string {
  return `00000000-0000-4000-8000-00000000${kind}${String(generation).padStart(3, '0')}`;
}
