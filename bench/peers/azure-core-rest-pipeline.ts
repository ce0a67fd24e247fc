import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type FormDataMap,
  type HttpClient,
  type HttpMethods,
  type Pipeline,
} from '@azure/core-rest-pipeline';

import type { Peer, PeerClient, PeerRequest, PeerSetup, Wire } from './peer.js';
import { agent } from './sockets.js';
import { tokenCallOf } from './token-call.js';

/** The policy accepts only https: it sees https, and plain http is sent to loopback. */
function plainHttp(client: HttpClient): HttpClient {
  return {
    sendRequest(request) {
      request.url = request.url.replace(/^https:/, 'http:');
      return client.sendRequest(request);
    },
  };
}

function httpClientOf(wire: Wire | undefined): HttpClient {
  if (wire === undefined) return plainHttp(createDefaultHttpClient());
  return {
    async sendRequest(request) {
      const { status, body } = await wire({
        url: request.url.replace(/^https:/, 'http:'),
        authorization: request.headers.get('authorization'),
      });
      const headers = createHttpHeaders(
        status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {},
      );
      return { request, status, headers, bodyAsText: body };
    },
  };
}

/** What a user of the pipeline throws, since the status has to be checked by hand. */
class StatusError extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

function clientOn(
  pipeline: Pipeline,
  setup: PeerSetup,
  headers: Record<string, string>,
): PeerClient {
  const http = httpClientOf(setup.wire);
  const send = async (asked: PeerRequest) => {
    const { url, method = 'GET', data, signal, timeoutMs, anyStatus } = asked;
    const request = createPipelineRequest({
      url: (url.startsWith('http') ? url : setup.baseURL + url).replace(/^http:/, 'https:'),
      method: method as HttpMethods,
      headers: createHttpHeaders({ ...headers, ...asked.headers }),
      allowInsecureConnection: true,
      ...bodyOf(data),
      ...(signal === undefined ? {} : { abortSignal: signal }),
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    });
    request.agent = agent;
    const { status, bodyAsText } = await pipeline.sendRequest(http, request);
    if (status >= 400 && anyStatus !== true) throw new StatusError(status);
    return { status, data: parsed(bodyAsText) };
  };
  return { get: (path) => send({ url: path }), send };
}

function bodyOf(data: unknown): {
  body?: string | Buffer | NodeJS.ReadableStream;
  formData?: FormDataMap;
} {
  if (data === undefined) return {};
  if (data instanceof FormData) return { formData: Object.fromEntries(data) };
  if (data instanceof URLSearchParams) return { body: data.toString() };
  if (typeof data === 'string' || Buffer.isBuffer(data)) return { body: data };
  if (typeof data === 'object' && data !== null && 'pipe' in data)
    return { body: data as NodeJS.ReadableStream };
  return { body: JSON.stringify(data) };
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return text;
  }
}

export const azureCoreRestPipeline: Peer = {
  id: 'azure-core-rest-pipeline',
  name: '@azure/core-rest-pipeline',
  packages: ['@azure/core-rest-pipeline'],
  entry: '@azure/core-rest-pipeline',
  use: "`createPipelineFromOptions` with a `bearerTokenAuthenticationPolicy` over a credential of one's own, and [`challengeCallbacks`](https://learn.microsoft.com/javascript/api/@azure/core-rest-pipeline/bearertokenauthenticationpolicyoptions) that ask for a new token by `claims`, the one way to have the one in hand replaced. Its rule of https only is met by a transport that speaks http to loopback.",
  transport: 'the Azure pipeline',
  lacks: ['interceptors', 'form-data package', 'transformRequest'],
  create(setup) {
    const requestToken = tokenCallOf(setup);
    const pipeline = createPipelineFromOptions({});
    pipeline.addPolicy(
      bearerTokenAuthenticationPolicy({
        scopes: [],
        credential: {
          async getToken() {
            const { access_token, expires_in } = await requestToken();
            return { token: access_token, expiresOnTimestamp: Date.now() + expires_in * 1000 };
          },
        },
        challengeCallbacks: {
          async authorizeRequestOnChallenge({ scopes, request, getAccessToken }) {
            const token = await getAccessToken(scopes, {
              claims: 'invalid_token',
              enableCae: true,
            });
            if (token === null) return false;
            request.headers.set('Authorization', `Bearer ${token.token}`);
            return true;
          },
        },
      }),
    );
    return clientOn(pipeline, setup, {});
  },
  createBare: (setup, token) =>
    clientOn(createPipelineFromOptions({}), setup, { authorization: `Bearer ${token}` }),
};
