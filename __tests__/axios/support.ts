import {
  AxiosError,
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosResponse,
  type CreateAxiosDefaults,
  type InternalAxiosRequestConfig,
} from 'axios';

import {
  bearerOf,
  createProviderClient,
  defineProvider,
  type AttachOptions,
  type Provider,
  type ProviderDefinition,
  type TokenSource,
} from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import {
  createFakeTokenEndpoint,
  type OAuth2Sandbox,
  type SandboxEcho,
} from '../../src/testing/index.js';
import { useSandbox } from '../testing/use-sandbox.js';

/** The sandbox's OAuth 2.0 server for a whole test file, as good as new before each test. */
export function useOAuth2(): OAuth2Sandbox {
  return useSandbox('oauth2');
}

/** A provider for the sandbox's OAuth 2.0 server; `overrides` describe its API otherwise. */
export function providerOf(
  server: OAuth2Sandbox,
  overrides: Partial<Pick<ProviderDefinition<object>, 'isTokenRejection'>> = {},
): Provider {
  const { credentials, tokenUrl, url } = server;
  const plain = oauth2ClientCredentials({ ...credentials, tokenUrl, baseURL: url });
  const described = overrides.isTokenRejection
    ? defineProvider({ ...plain, ...overrides, credentials })
    : plain;
  return described;
}

export interface Client {
  readonly http: AxiosInstance;
  readonly source: TokenSource;
}

export function clientOf(
  server: OAuth2Sandbox,
  config: CreateAxiosDefaults = {},
  options: AttachOptions = {},
): Client {
  const http = createProviderClient(providerOf(server), config, options);
  return { http, source: bearerOf(http)!.source };
}

/** A client that holds a token already, with that token. */
export async function warmClientOf(
  server: OAuth2Sandbox,
  config: CreateAxiosDefaults = {},
  options: AttachOptions = {},
): Promise<Client & { token: string }> {
  const client = clientOf(server, config, options);
  return { ...client, token: (await client.source.getToken()).value };
}

/** The order of request interceptors. axios before 1.13.5 knows the legacy one only, and cannot be asked for it. */
export function interceptorOrder(isLegacy: boolean): Pick<CreateAxiosDefaults, 'transitional'> {
  return isLegacy ? {} : { transitional: { legacyInterceptorReqResOrdering: false } };
}

export const ECHO = '/__sandbox/echo';
export const ALWAYS_401 = '/__sandbox/always-401';

export function bodyOf({ data }: AxiosResponse<SandboxEcho>): Buffer {
  return Buffer.from(data.body, 'base64');
}

/** The tokens with which the echoes came back. */
export function tokensOf(answers: readonly AxiosResponse<SandboxEcho>[]): (string | null)[] {
  return answers.map(({ data }) => data.token);
}

/** An error of axios or of ours: what a test looks at is there, or the test fails. */
export interface Failure extends Error {
  readonly code: string;
  readonly isAxiosError: boolean;
  readonly config: InternalAxiosRequestConfig;
  readonly request: any;
  readonly response: AxiosResponse;
  readonly cause: Failure;
  readonly origin: string;
  toJSON(): object;
}

/** What a promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('It was expected to fail.');
}

// ---- without I/O -----------------------------------------------------------------------------------------------

/** Answers as an adapter does: what `validateStatus` refuses is an error. */
export function answer(
  config: InternalAxiosRequestConfig,
  status: number,
  data: unknown = {},
  headers: Record<string, string> = {},
): Promise<AxiosResponse> {
  const response: AxiosResponse = { status, statusText: '', data, headers, config };
  if (config.validateStatus?.(status) ?? true) return Promise.resolve(response);
  const message = `Request failed with status code ${status}`;
  return Promise.reject(
    new AxiosError(message, AxiosError.ERR_BAD_REQUEST, config, undefined, response),
  );
}

/** An API and its token endpoint within this process, for what must not depend on sockets. */
export interface MemoryServer {
  readonly provider: Provider;
  readonly api: AxiosAdapter;
  readonly tokenEndpoint: AxiosAdapter;
  /** The token strings that the API was sent, in order; `undefined` for a request without. */
  readonly arrivals: (string | undefined)[];
  readonly tokenCalls: number;
  revoke(): void;
}

export function createMemoryServer(baseURL = 'https://api.example.com'): MemoryServer {
  const endpoint = createFakeTokenEndpoint();
  const arrivals: (string | undefined)[] = [];
  return {
    provider: oauth2ClientCredentials({
      baseURL,
      tokenUrl: `${baseURL}/token`,
      clientId: 'fake-client',
      clientSecret: 'fake-secret',
    }),
    arrivals,
    get tokenCalls() {
      return endpoint.calls.length;
    },
    api(config) {
      const sent = config.headers.get('Authorization');
      const token = typeof sent === 'string' ? sent.replace(/^Bearer /, '') : undefined;
      arrivals.push(token);
      return answer(config, endpoint.tokenState(token ?? '') === 'live' ? 200 : 401);
    },
    tokenEndpoint: endpoint.adapter,
    revoke: () => endpoint.revokeTokens(),
  };
}

export function memoryClientOf(
  server: MemoryServer,
  config: CreateAxiosDefaults = {},
  options: AttachOptions = {},
): Client {
  const http = createProviderClient(
    server.provider,
    { adapter: server.api, ...config },
    { transport: { adapter: server.tokenEndpoint }, ...options },
  );
  return { http, source: bearerOf(http)!.source };
}
