/*
 * Truecaller for Business, Verified Campaigns.
 *
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/generate-access-token
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/authentication
 *
 * Documented: the token path, and what truecaller-tokens.ts says.
 * Hypothesis: that a dead bearer token draws 401 in the shape of the token endpoint's.
 */
import { createCredentialBox } from './credential-box.js';
import {
  startProvider,
  withVerbs,
  type ProviderSetup,
  type SandboxProvider,
  type StartedProvider,
} from './provider.js';
import { withAccess } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import { createTruecallerEvents, type TruecallerEvents } from './truecaller-events.js';
import { createTruecallerCampaigns, type TruecallerCampaigns } from './truecaller-campaigns.js';
import { MISSING_HEADER, truecallerFailure, unauthorized } from './truecaller-failure.js';
import { createTruecallerTokens, fakeUuid } from './truecaller-tokens.js';

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
  /** Invalidates the current webhook token at once, as the console does, and returns the new one. */
  regenerateWebhookToken(): TruecallerWebhookCredentials;
  /** Whether the limit of 10 tokens per 30 minutes holds. On at the start. */
  enforceTokenRateLimit(on?: boolean): void;
}

/** Starts Truecaller on two servers: the portal and the webhook host. */
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
  const { ledger, lifetime, rateLimit, issueToken } = createTruecallerTokens(
    setup,
    'sandbox_truecaller',
    credentials,
  );
  const campaigns = createTruecallerCampaigns();
  const events = createTruecallerEvents(setup, credentials.current.organisationId);

  const hasWebhookToken = ({ headers }: SandboxRequest) => {
    const { orgId, orgToken } = webhookCredentials.current;
    return headers['x-org-id'] === orgId && headers['x-org-token'] === orgToken
      ? undefined
      : unauthorized('Invalid X-Org-ID or X-Org-Token');
  };
  const webhookRoutes = withAccess(hasWebhookToken, campaigns.webhookRoutes);

  const started = await startProvider(setup, {
    name: 'truecaller',
    credentials,
    ledger,
    lifetime,
    tokenPath: '/organisations/:organisationId/campaigns/token',
    refuse: (rejection) =>
      unauthorized(rejection === 'missing' ? MISSING_HEADER : 'Invalid or expired token'),
    notFound: () => truecallerFailure(404, 'not-found-error', 'Not found'),
    hosts: [
      {
        label: 'truecaller',
        // Truecaller has two hosts, but a client with one base URL sends everything there.
        routes: [...campaigns.portalRoutes, ...webhookRoutes],
        token: issueToken,
      },
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
