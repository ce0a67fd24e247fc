/*
 * Exotel agent presence.
 *
 * https://developer.exotel.com/docs/contact-center/api-reference/agent-presence
 *
 * Documented: the three paths, the query, the fields, the allowed moves, that `metadata` sits inside `response`.
 * Hypothesis: the answer of PUT (not shown: here the agent's presence); the codes inside 400 and 404.
 */
import type { Answer } from './answers.js';
import { exotelData, exotelFailure, exotelPage, exotelSuccess } from './exotel-envelope.js';
import type { ProviderSetup } from './provider.js';
import { objectBody } from './read-body.js';
import { route, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** Presence of an agent, spelled as Exotel spells it. */
export type ExotelAgentStatus = 'available' | 'busy' | 'on-call' | 'offline' | 'after-call-work';

/** State of an agent's device, which decides whether a call can be placed. */
export type ExotelDeviceState = 'free' | 'busy' | 'off' | 'unverified';

/** An agent of the sandbox's Exotel. */
export interface ExotelAgent {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly contactUri: string;
  status: ExotelAgentStatus;
  device: ExotelDeviceState;
  /** ISO 8601 in UTC. */
  statusSince: string;
}

/** Verbs about agents. */
export interface ExotelPresence {
  /** The agents; the first is free, the second is on a call, the third is offline. */
  readonly agents: readonly ExotelAgent[];
  /** Changes the state of an agent's device, so that calls from it succeed or draw the documented 409. */
  setAgentDevice(userId: string, device: ExotelDeviceState): void;
}

/** Only the system sets and ends `on-call`. */
const ALLOWED_MOVES: Readonly<Record<ExotelAgentStatus, readonly string[]>> = {
  offline: ['available'],
  available: ['busy', 'offline'],
  'after-call-work': ['available', 'offline'],
  busy: ['available', 'offline'],
  'on-call': [],
};

/** Creates three agents and the routes about their presence. */
export function createExotelPresence({ now }: ProviderSetup): ApiPart<ExotelPresence> {
  const agents: ExotelAgent[] = [];
  const find = (userId: string) => agents.find((one) => one.userId === userId);
  reset();

  function reset(): void {
    const statusSince = new Date(now()).toISOString();
    agents.splice(0, agents.length, ...FIRST_AGENTS.map((agent) => ({ ...agent, statusSince })));
  }

  function list(request: SandboxRequest): Answer {
    const status = request.query.get('status');
    const found = agents.filter((agent) => status === null || agent.status === status);
    const { page, metadata } = exotelPage(request, found, { usual: 20, most: 100 });
    const { total, limit, offset } = metadata;
    return exotelSuccess(request, 200, {
      code: 200,
      status: 'success',
      data: { agents: page.map(toListItem), summary: summarize(agents) },
      metadata: { total, limit, offset },
    });
  }

  function get(request: SandboxRequest, { userId }: { readonly userId: string }): Answer {
    const agent = find(userId);
    return agent === undefined ? noSuchAgent(request) : presenceOf(request, agent);
  }

  function put(request: SandboxRequest, { userId }: { readonly userId: string }): Answer {
    const agent = find(userId);
    if (agent === undefined) return noSuchAgent(request);
    const { status } = objectBody(request);
    if (typeof status !== 'string' || !ALLOWED_MOVES[agent.status].includes(status)) {
      return exotelFailure(request, 400, 1002, `No move from ${agent.status}`);
    }
    agent.status = status as ExotelAgentStatus; // one of the allowed moves
    agent.statusSince = new Date(now()).toISOString();
    return presenceOf(request, agent);
  }

  return {
    routes: [
      route('GET', '/v2/accounts/:accountSid/agents/presence', list),
      route('GET', '/v2/accounts/:accountSid/agents/:userId/presence', get),
      route('PUT', '/v2/accounts/:accountSid/agents/:userId/presence', put),
    ],
    verbs: {
      agents,
      setAgentDevice(userId, device) {
        const agent = find(userId);
        if (agent === undefined) throw new Error(`The sandbox has no Exotel agent "${userId}".`);
        agent.device = device;
      },
    },
    reset,
  };
}

const FIRST_AGENTS: readonly Omit<ExotelAgent, 'statusSince'>[] = [
  {
    userId: '00000000-0000-4000-8000-0000000000a1',
    name: 'Asha Example',
    email: 'asha@example.invalid',
    contactUri: '+910000000002',
    status: 'available',
    device: 'free',
  },
  {
    userId: '00000000-0000-4000-8000-0000000000a2',
    name: 'Ravi Example',
    email: 'ravi@example.invalid',
    contactUri: '+910000000003',
    status: 'on-call',
    device: 'busy',
  },
  {
    userId: '00000000-0000-4000-8000-0000000000a3',
    name: 'Mina Example',
    email: 'mina@example.invalid',
    contactUri: 'sip:mina@example.invalid',
    status: 'offline',
    device: 'off',
  },
];

function toListItem(agent: ExotelAgent): object {
  return {
    user_id: agent.userId,
    name: agent.name,
    email: agent.email,
    status: agent.status,
    status_since: agent.statusSince,
    device: {
      type: agent.contactUri.startsWith('sip:') ? 'sip' : 'phone',
      contact_uri: agent.contactUri,
    },
    team: { team_id: 'team-1', name: 'Support' },
    stats: { calls_handled_today: 1, avg_handle_time: 60, total_talk_time: 60 },
  };
}

/** The keys have underscores where the values have hyphens. */
function summarize(agents: readonly ExotelAgent[]): object {
  const count = (status: ExotelAgentStatus) =>
    agents.filter((agent) => agent.status === status).length;
  return {
    total_agents: agents.length,
    available: count('available'),
    on_call: count('on-call'),
    busy: count('busy'),
    after_call_work: count('after-call-work'),
    offline: count('offline'),
  };
}

function presenceOf(request: SandboxRequest, agent: ExotelAgent): Answer {
  return exotelData(request, {
    user_id: agent.userId,
    name: agent.name,
    status: agent.status,
    status_since: agent.statusSince,
    current_call: null,
  });
}

function noSuchAgent(request: SandboxRequest): Answer {
  return exotelFailure(request, 404, 1000, 'Agent not found');
}
