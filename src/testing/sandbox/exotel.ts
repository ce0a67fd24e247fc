/*
 * Exotel Contact Center (CCM).
 *
 * https://developer.exotel.com/docs/contact-center/api-reference/token-generation
 *
 * Documented: the token path, its Basic authentication, the answer's envelope, `expires_in` in seconds (86400 by default);
 * the calls' paths, fields and envelopes; the presence list; the meaning of the error codes used below.
 * Hypothesis: the body of a token 401 and of a 401 for a dead bearer token (only the status is documented): the envelope that
 * Exotel's other v2 APIs use, with code 1010; the claims in the JWT; the answer of the call list, which appears only in an
 * example request; that the CCM calls accept Bearer as well as Basic, since the documents show both.
 */
import { basicAuthorization } from '../../platform/basic-authorization.js';
import type { Answer } from './answers.js';
import { createCredentialBox } from './credential-box.js';
import { createExotelAccount } from './exotel-account.js';
import { createExotelCampaigns, type ExotelCampaigns } from './exotel-campaigns.js';
import { createExotelFlows, type ExotelFlows } from './exotel-flows.js';
import { createCallTimer, type ExotelCallTimings } from './exotel-call-timing.js';
import { createExotelCalls, type ExotelCalls } from './exotel-calls.js';
import { createExotelCallsV3, type ExotelCallsV3 } from './exotel-calls-v3.js';
import { createExotelConfiguration, type ExotelConfiguration } from './exotel-configuration.js';
import { createExotelContacts, type ExotelContacts } from './exotel-contacts.js';
import { exotelData, exotelFailure } from './exotel-envelope.js';
import { createExotelPresence, type ExotelPresence } from './exotel-presence.js';
import { createExotelRecordings, type ExotelRecordings } from './exotel-recordings.js';
import { createExotelUsers, type ExotelUsers } from './exotel-users.js';
import { createExotelV4, type ExotelV4 } from './exotel-v4.js';
import { createExotelVoice, type ExotelVoice } from './exotel-voice.js';
import { createJwtWriter } from './fake-tokens.js';
import { createLifetimeNotation } from './lifetime-notation.js';
import {
  startProvider,
  withVerbs,
  type ProviderSetup,
  type SandboxProvider,
  type StartedProvider,
} from './provider.js';
import { withAccess, type Access } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import { createTokenLedger } from './token-ledger.js';
import { createWebhookSender, type SentWebhook } from './webhook-sender.js';

/** Credentials of the sandbox's Exotel. */
export interface ExotelCredentials {
  readonly accountSid: string;
  readonly apiKey: string;
  readonly apiToken: string;
}

/** The sandbox's Exotel. */
export interface ExotelSandbox
  extends
    SandboxProvider<ExotelCredentials>,
    ExotelCalls,
    ExotelCallsV3,
    ExotelVoice,
    ExotelRecordings,
    ExotelCallTimings,
    ExotelPresence,
    ExotelContacts,
    ExotelUsers,
    ExotelConfiguration,
    ExotelCampaigns,
    ExotelFlows,
    ExotelV4 {
  /** A host of the other region, where these same credentials and tokens draw a 401. */
  readonly wrongRegionUrl: string;
  /** The status callbacks that were posted, oldest first. */
  readonly webhooks: readonly SentWebhook[];
  /** Resolves when no status callback is still being sent. */
  webhooksSettled(): Promise<void>;
}

/** Starts Exotel on two servers: its own region, and the wrong one. */
export async function startExotel(setup: ProviderSetup): Promise<StartedProvider<ExotelSandbox>> {
  const credentials = createCredentialBox((generation) => ({
    accountSid: 'sandbox-account',
    apiKey: `fake-exotel-key-${generation}`,
    apiToken: `fake-exotel-token-${generation}`,
  }));
  const ledger = createTokenLedger({
    now: setup.now,
    lifetimeSeconds: 86_400,
    write: createJwtWriter('sandbox-exotel'),
  });
  const lifetime = createLifetimeNotation();
  const presence = createExotelPresence(setup);
  const { agents } = presence.verbs;
  const webhooks = createWebhookSender();
  let origin = '';
  const recordings = createExotelRecordings(setup, hasBasic, () => origin);
  const timer = createCallTimer();
  const calls = createExotelCalls(setup, agents, webhooks, recordings, timer);
  const callsV3 = createExotelCallsV3(setup, webhooks, recordings, timer);
  const contacts = createExotelContacts();
  const users = createExotelUsers(setup, agents);
  const configuration = createExotelConfiguration();
  const voice = createExotelVoice(setup, webhooks, hasBasic, recordings, timer);
  const v4 = createExotelV4(setup, ({ accountSid, apiKey, apiToken }) => {
    const now = credentials.current;
    return accountSid === now.accountSid && apiKey === now.apiKey && apiToken === now.apiToken;
  });
  const campaigns = createExotelCampaigns(setup, webhooks);
  const account = createExotelAccount();
  const flows = createExotelFlows(setup);
  // To add endpoints, list them here. Presence before users, which are made of its agents.
  const parts = [recordings, calls, callsV3, voice, presence, contacts, users, configuration, v4];
  const partsForBasic = [campaigns, account];

  function refuse(request: SandboxRequest): Answer {
    return exotelFailure(request, 401, 1010, 'Authorization failed');
  }

  function hasBasic({ headers }: SandboxRequest): boolean {
    const { apiKey, apiToken } = credentials.current;
    return headers.authorization === basicAuthorization(apiKey, apiToken);
  }

  function issueToken(request: SandboxRequest, params: Readonly<Record<string, string>>): Answer {
    const { accountSid } = credentials.current;
    if (params.accountSid !== accountSid || !hasBasic(request)) return refuse(request);
    const { token, lifetimeSeconds } = ledger.issue();
    return exotelData(request, {
      access_token: token,
      token_type: 'Bearer',
      expires_in: lifetime.field(lifetimeSeconds),
    });
  }

  const basicOnly: Access = (request) => (hasBasic(request) ? undefined : refuse(request));
  const tokenOrBasic: Access = (request) =>
    ledger.state(request.token ?? '') === 'live' ? undefined : basicOnly(request);
  const routes = [
    ...parts.flatMap((part) => part.routes),
    ...partsForBasic.flatMap((part) => withAccess(basicOnly, part.routes)),
  ];

  const started = await startProvider(setup, {
    name: 'exotel',
    credentials,
    ledger,
    lifetime,
    tokenPath: '/v2/accounts/:accountSid/configuration/basicauth',
    refuse: (_rejection, request) => refuse(request),
    notFound: (request) => exotelFailure(request, 404, 1000, 'Resource not found'),
    hosts: [
      { label: 'exotel', routes, access: tokenOrBasic, token: issueToken },
      {
        label: 'exotelWrongRegion',
        routes: withAccess(refuse, routes),
        access: refuse,
        token: refuse,
      },
    ],
    reset() {
      timer.reset();
      webhooks.reset();
      flows.reset();
      [...parts, ...partsForBasic].forEach((part) => part.reset());
    },
  });
  origin = started.origins[0] ?? '';
  const provider = withVerbs(started.provider, {
    wrongRegionUrl: started.origins[1] ?? '',
    webhooks: webhooks.sent,
    webhooksSettled: () => webhooks.settled(),
    ...calls.verbs,
    ...callsV3.verbs,
    ...voice.verbs,
    ...recordings.verbs,
    ...timer.verbs,
    ...presence.verbs,
    ...contacts.verbs,
    ...users.verbs,
    ...configuration.verbs,
    ...campaigns.verbs,
    ...flows.verbs,
    ...v4.verbs,
  });
  return {
    provider,
    async close() {
      timer.reset();
      await Promise.all([started.close(), webhooks.close()]);
    },
  };
}
