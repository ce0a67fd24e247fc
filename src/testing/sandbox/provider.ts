import { json, sandboxFailure, type Answer } from './answers.js';
import type { CredentialBox } from './credential-box.js';
import { createFaults, type Faults, type FaultSwitches } from './faults.js';
import { openHttpListener, type HttpListener, type Reply } from './http-listener.js';
import type { LifetimeNotation, LifetimeSwitches } from './lifetime-notation.js';
import { createProbeRoutes } from './probe-routes.js';
import { createRequestLog, type RequestLog } from './request-log.js';
import { createRouter, route, type Access, type Match, type Route } from './router.js';
import { RecordedRequest, type SandboxRequest } from './sandbox-request.js';
import type { TokenLedger, TokenState, TokenSwitches } from './token-ledger.js';

/** A sandbox provider: an address, credentials, tokens, switches and a log. */
export interface SandboxProvider<Credentials extends object = object>
  extends TokenSwitches, LifetimeSwitches {
  /** The provider's name, as in the library. */
  readonly name: string;
  /** Origin of the API and of the token endpoint, such as `http://127.0.0.1:41001`. */
  readonly url: string;
  /** Full URL of the token endpoint. */
  readonly tokenUrl: string;
  /** The currently valid credentials, in the form the library's provider takes. Obviously fake. */
  readonly credentials: Credentials;
  /** Invalidates the current credentials and returns new ones. Issued tokens stay valid. */
  rotateCredentials(): Credentials;
  /** Disturbs the token endpoint. */
  readonly tokenEndpoint: FaultSwitches;
  /** Disturbs everything except the token endpoint. */
  readonly api: FaultSwitches;
  /** The number of token calls, whatever the answer. */
  readonly tokenCalls: number;
  /** The token calls, oldest first. */
  readonly tokenRequests: readonly SandboxRequest[];
  /** All other requests, oldest first. */
  readonly requests: readonly SandboxRequest[];
  /** Every issued token, oldest first; a token that was issued twice is listed twice. */
  readonly issuedTokens: readonly string[];
  /** The currently valid tokens, oldest first. */
  readonly liveTokens: readonly string[];
  /** The current state of a token. */
  tokenState(token: string): TokenState;
  /** Resolves with the next API request, as soon as it arrives. Rejects if the sandbox closes first. */
  nextRequest(): Promise<SandboxRequest>;
  /** Resolves with the next token call, as soon as it arrives. Rejects if the sandbox closes first. */
  nextTokenRequest(): Promise<SandboxRequest>;
  /** Resets everything to its state at the start: logs, tokens, switches, credentials, data. Addresses stay. */
  reset(): void;
}

/** What all providers share. */
export interface ProviderSetup {
  readonly host: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly maxLogEntries: number;
  /** The port for a server of that label; 0 for any. */
  readonly portOf: (label: string) => number;
}

/** Why a bearer token is refused. */
export type Rejection = 'missing' | Exclude<TokenState, 'live'>;

/** One server of a provider. */
export interface HostPlan {
  /** Name of the port option. */
  readonly label: string;
  readonly routes: readonly Route[];
  /** Who may call a route that does not say; by default, any caller with a live bearer token. */
  readonly access?: Access;
  /** Answers the provider's token path; a host without it has no token endpoint. */
  readonly token?: Route['answer'];
}

/** The parts of a provider. */
export interface ProviderPlan<Credentials extends object> {
  readonly name: string;
  readonly credentials: CredentialBox<Credentials>;
  readonly ledger: TokenLedger;
  readonly lifetime: LifetimeNotation;
  /** Pattern of the token path; its parts such as `:accountSid` are credentials. */
  readonly tokenPath: string;
  /** The provider's 401. */
  readonly refuse: (rejection: Rejection, request: SandboxRequest) => Answer;
  readonly notFound?: (request: SandboxRequest) => Answer;
  readonly hosts: readonly [HostPlan, ...HostPlan[]];
  /** Whether the fixed parts of a path match in any case. */
  readonly ignorePathCase?: boolean;
  readonly reset?: () => void;
}

/** A provider whose servers are listening. */
export interface StartedProvider<Provider> {
  readonly provider: Provider;
  readonly close: () => Promise<void>;
}

/**
 * Opens the servers of a provider and adds the common verbs.
 *
 * @returns the provider, and the origin of each of its hosts in the plan's order
 */
export async function startProvider<Credentials extends object>(
  setup: ProviderSetup,
  plan: ProviderPlan<Credentials>,
): Promise<
  StartedProvider<SandboxProvider<Credentials>> & { readonly origins: readonly string[] }
> {
  const { ledger, credentials } = plan;
  const tokenEndpoint = createFaults();
  const api = createFaults();
  const tokenLog = createRequestLog(setup.maxLogEntries);
  const apiLog = createRequestLog(setup.maxLogEntries);
  const desk = { setup, plan, tokenEndpoint, api, tokenLog, apiLog, serial: { last: 0 } };

  const listeners = await openAll(plan.hosts.map((host) => () => openHost(desk, host)));
  const origins = listeners.map((listener) => listener.origin);
  const url = origins[0] ?? '';

  const provider: SandboxProvider<Credentials> = {
    name: plan.name,
    url,
    get tokenUrl() {
      const values = { ...credentials.current } as Readonly<Record<string, unknown>>;
      return url + plan.tokenPath.replace(/:(\w+)/g, (_part, name: string) => String(values[name]));
    },
    get credentials() {
      return credentials.current;
    },
    rotateCredentials: () => credentials.rotate(),
    tokenEndpoint,
    api,
    get tokenCalls() {
      return tokenLog.count;
    },
    tokenRequests: tokenLog.entries,
    requests: apiLog.entries,
    get issuedTokens() {
      return ledger.issuedTokens;
    },
    get liveTokens() {
      return ledger.liveTokens;
    },
    tokenState: (token) => ledger.state(token),
    nextRequest: () => apiLog.next(),
    nextTokenRequest: () => tokenLog.next(),
    revokeTokens: () => ledger.revokeTokens(),
    revokeToken: (token) => ledger.revokeToken(token),
    expireTokens: () => ledger.expireTokens(),
    allowOneActiveToken: (on) => ledger.allowOneActiveToken(on),
    issueSameToken: (on) => ledger.issueSameToken(on),
    issueTokensLiving: (seconds) => ledger.issueTokensLiving(seconds),
    issueExpiredTokens: (on) => ledger.issueExpiredTokens(on),
    writeLifetimeAs: (jsonText) => plan.lifetime.writeLifetimeAs(jsonText),
    omitLifetime: () => plan.lifetime.omitLifetime(),
    writeTrueLifetime: () => plan.lifetime.writeTrueLifetime(),
    reset() {
      tokenEndpoint.recover();
      api.recover();
      ledger.reset();
      plan.lifetime.reset();
      credentials.reset();
      plan.reset?.();
      tokenLog.reset();
      apiLog.reset();
    },
  };

  return {
    provider,
    origins,
    async close() {
      tokenLog.close();
      apiLog.close();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

/** Adds a provider's own verbs to the common ones, getters included. */
export function withVerbs<Base extends object, Verbs extends object>(
  base: Base,
  verbs: Verbs,
): Base & Verbs {
  // `Object.assign` would read each getter once and freeze its value.
  Object.defineProperties(base, Object.getOwnPropertyDescriptors(verbs));
  return base as Base & Verbs;
}

/** Opens all, or none: if one fails, those already open are closed before the failure is passed on. */
export async function openAll<T extends { close(): Promise<void> }>(
  openers: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const outcomes = await Promise.allSettled(openers.map((open) => open()));
  const opened = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return opened;
  await Promise.all(opened.map((one) => one.close()));
  throw failure.reason;
}

/** What the hosts of one provider share. */
interface Desk {
  readonly setup: ProviderSetup;
  readonly plan: Omit<ProviderPlan<object>, 'credentials'>;
  readonly tokenEndpoint: Faults;
  readonly api: Faults;
  readonly tokenLog: RequestLog;
  readonly apiLog: RequestLog;
  readonly serial: { last: number };
}

function openHost(desk: Desk, host: HostPlan): Promise<HttpListener> {
  const { setup, plan } = desk;
  const access = host.access ?? ((request) => refuseDeadToken(plan, request));
  const tokenRoute = host.token && route('*', plan.tokenPath, host.token);
  const find = createRouter(
    [
      ...(tokenRoute === undefined ? [] : [tokenRoute]),
      ...createProbeRoutes((request) => plan.refuse('revoked', request)),
      ...host.routes,
    ],
    { ignoreCase: plan.ignorePathCase ?? false },
  );

  function answerApi(request: SandboxRequest, match: Match | undefined): Answer | Promise<Answer> {
    const refused = (match?.route.access ?? access)(request);
    if (refused !== undefined) return refused;
    if (match !== undefined) return match.route.answer(request, match.params);
    return plan.notFound?.(request) ?? unknownRoute(request);
  }

  const address = { host: setup.host, port: setup.portOf(host.label), now: setup.now };
  return openHttpListener(address, (message, body, reply, origin) => {
    desk.serial.last += 1;
    const request = new RecordedRequest(message, body, origin, desk.serial.last, setup.now());
    const match = find(request.method, request.path);
    if (match !== undefined && match.route === tokenRoute) {
      desk.tokenLog.record(request);
      respond(request, reply, desk.tokenEndpoint, () =>
        request.method === 'POST' ? match.route.answer(request, match.params) : onlyPost(request),
      );
    } else {
      desk.apiLog.record(request);
      respond(request, reply, desk.api, () => answerApi(request, match));
    }
  });
}

function refuseDeadToken(plan: Desk['plan'], request: SandboxRequest): Answer | undefined {
  if (request.token === undefined) return plan.refuse('missing', request);
  const state = plan.ledger.state(request.token);
  return state === 'live' ? undefined : plan.refuse(state, request);
}

/** Consults the faults first, then the provider. */
function respond(
  request: RecordedRequest,
  reply: Reply,
  faults: Faults,
  answerOf: () => Answer | Promise<Answer>,
): void {
  const send = (judged: Answer) => {
    const answer = guarded(() => ({
      ...judged,
      afterMs: faults.delayFor(request) + (judged.afterMs ?? 0),
    }));
    reply.send(answer, (status) => {
      request.status = status;
    });
  };
  const judge = () => {
    const verdict = faults.verdict();
    if (verdict === 'reset') {
      reply.reset();
      return;
    }
    const judged = verdict === 'pass' ? guarded(answerOf) : verdict;
    // Most answers are there at once, and a storm should not wait for a promise each.
    if (judged instanceof Promise) void judged.catch(sandboxFailure).then(send);
    else send(judged);
  };
  const gate = faults.gate(request);
  if (gate === undefined) judge();
  else void gate.then(judge);
}

/** A fault in a route or in a test's own delay function must not end the process that runs the tests. */
function guarded<T extends Answer | Promise<Answer>>(answerOf: () => T): T | Answer {
  try {
    return answerOf();
  } catch (error) {
    return sandboxFailure(error);
  }
}

/** No provider documents what a wrong method on its token endpoint gets; RFC 9110 requires 405. */
function onlyPost(request: SandboxRequest): Answer {
  return json(405, { message: `No ${request.method} here.` }, { allow: 'POST' });
}

function unknownRoute(request: SandboxRequest): Answer {
  return json(404, { message: `The sandbox has no ${request.method} ${request.path}.` });
}
