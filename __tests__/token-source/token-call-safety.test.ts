import { afterEach, describe, expect, it } from '@jest/globals';

import {
  defineProvider,
  type TokenEndpointProvider,
} from '../../src/provider-definition/define-provider.js';
import {
  exotel,
  learning360,
  oauth2ClientCredentials,
  singleview,
  udara360,
} from '../../src/providers/index.js';
import { createFakeTokenEndpoint, type FakeTokenEndpoint } from '../../src/testing/index.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';
import { answer } from '../provider-definition/answer.js';

/** A token endpoint on loopback. */
interface Server {
  readonly url: string;
  readonly endpoint: FakeTokenEndpoint;
}

const servers: FakeTokenEndpoint[] = [];

async function serve(): Promise<Server> {
  const endpoint = createFakeTokenEndpoint();
  servers.push(endpoint);
  return { endpoint, url: new URL(await endpoint.listen()).origin };
}

const once = { maxAttempts: 1 };
const credentials = { clientId: 'acme-client-id', clientSecret: 'acme-client-secret' };

function oauth2({ url }: Server, more: object = {}) {
  return oauth2ClientCredentials({
    ...credentials,
    tokenUrl: `${url}/token`,
    baseURL: url,
    ...more,
  });
}

afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

describe('behaviour 45: an endpoint that quotes the token request back', () => {
  it('shows no parameter, fixed or of this call, but the words of the protocol', async () => {
    const server = await serve();
    server.endpoint.onCall = (call) =>
      call.answer(400, { error: 'invalid_scope', error_description: call.body });
    const provider = oauth2(server, {
      clientAuthentication: 'client_secret_post',
      scope: 'read',
      extraParams: { password: 'hunter2-hunter2' },
      paramNames: ['subject_token'],
    });

    const getting = createTokenSource(provider, once).getToken({
      params: { subject_token: 'eyJhbGciOi.user.jwt-abcdef' },
    });

    await expect(getting).rejects.toMatchObject({
      oauthError: {
        errorDescription:
          'grant_type=client_credentials&scope=read&password=[redacted]&subject_token=[redacted]&client_id=[redacted]&client_secret=[redacted]',
      },
    });
  });
});

describe('a token URL that is made with parameters', () => {
  const tenants = (server: Server, url: (tenant: unknown) => string) =>
    defineProvider({
      name: 'tenants',
      baseURL: server.url,
      credentials: { secret: 'tenant-secret' },
      credentialFields: { secret: { secret: true } },
      paramNames: ['tenant'],
      tokenRequest: (json, { tenant }) => ({ url: url(tenant), body: { json } }),
      parseToken: ({ body }) => ({ accessToken: (body as { access_token: string }).access_token }),
    });

  it('is checked at each call: no secret goes out in clear text', async () => {
    const server = await serve();
    const elsewhere = server.url.replace('127.0.0.1', '0.0.0.0');
    const source = createTokenSource(
      tenants(server, (tenant) => (tenant === undefined ? '/token' : `${elsewhere}/token`)),
    );

    await expect(source.getToken({ params: { tenant: 'acme' } })).rejects.toMatchObject({
      code: 'ERR_BEARER_MISCONFIGURED',
      option: 'token URL',
    });
    expect(server.endpoint.calls).toEqual([]);
    await expect(source.getToken()).resolves.toMatchObject({ value: 'fake-token-1' });
  });
});

describe('a token URL that is made from credentials of a function, or by a promise', () => {
  it('is checked at each call: no secret goes out in clear text', async () => {
    const server = await serve();
    const request = { url: `${server.url.replace('127.0.0.1', '0.0.0.0')}/token` };
    for (const tokenRequest of [() => request, () => Promise.resolve(request)]) {
      const provider = defineProvider({
        name: 'elsewhere',
        baseURL: server.url,
        credentials: () => ({ secret: 'a-secret' }),
        credentialFields: { secret: { secret: true } },
        tokenRequest,
        parseToken: ({ body }) => ({
          accessToken: (body as { access_token: string }).access_token,
        }),
      });

      await expect(createTokenSource(provider).getToken()).rejects.toMatchObject({
        code: 'ERR_BEARER_MISCONFIGURED',
        option: 'token URL',
      });
    }
    expect(server.endpoint.calls).toEqual([]);
  });
});

describe('a proxy from the environment', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  async function environmentProxy(): Promise<Server> {
    const proxy = await serve();
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])
      process.env[name] = proxy.url;
    for (const name of ['NO_PROXY', 'no_proxy']) Reflect.deleteProperty(process.env, name);
    return proxy;
  }

  it('gets no token call that is meant for this machine', async () => {
    const proxy = await environmentProxy();
    const server = await serve();

    // A variable that is not set is passed on as `undefined`, which the types forbid and JavaScript does not.
    for (const transport of [{}, { proxy: undefined }] as object[]) {
      const source = createTokenSource(oauth2(server), { transport });
      await source.getToken();
    }
    expect(server.endpoint.calls).toHaveLength(2);
    expect(proxy.endpoint.calls).toEqual([]);
  });

  it('does not keep token calls from a proxy that the user sets', async () => {
    await environmentProxy();
    const [server, proxy] = [await serve(), await serve()];
    const { hostname, port } = new URL(proxy.url);

    await createTokenSource(oauth2(server), {
      transport: { proxy: { host: hostname, port: Number(port) } },
    }).getToken();

    expect(proxy.endpoint.calls).toMatchObject([{ url: `${server.url}/token` }]);
    expect(server.endpoint.calls).toEqual([]);
  });
});

describe('a token that cannot be sent as a bearer token', () => {
  it('is refused by the name of its type', async () => {
    const server = await serve();
    server.endpoint.onCall = (call) => call.issue(undefined, { token_type: 'DPoP' });

    const getting = createTokenSource(oauth2(server)).getToken();

    await expect(getting).rejects.toMatchObject({
      code: 'ERR_TOKEN_RESPONSE_MALFORMED',
      message: `oauth2: the token endpoint at ${server.url} sent a malformed response: status 200, and the body has a token of the type DPoP, not a bearer token. Configure the server to issue bearer tokens to this client.`,
      retryable: false,
    });
    expect(server.endpoint.calls).toHaveLength(1);
  });

  it('is not one whose type is only a word of its server', async () => {
    const server = await serve();
    server.endpoint.onCall = (call) =>
      call.issue(undefined, { token_type: 'Application Access Token' });

    await expect(createTokenSource(oauth2(server)).getToken()).resolves.toMatchObject({
      value: 'fake-token-1',
    });
  });

  it.each<[string, Pick<TokenEndpointProvider, 'parseToken'>, object]>([
    [
      'exotel',
      exotel({ accountSid: 'acme', apiKey: 'key', apiToken: 'token' }),
      { response: { data: { token_type: 'DPoP' } } },
    ],
    ['learning360', learning360(credentials), { token_type: 'DPoP' }],
    [
      'singleview',
      singleview({ clientId: 'id', clientCode: 'code', merchantId: 'merchant' }),
      { payload: { token_type: 'DPoP' } },
    ],
    ['udara360', udara360(credentials), { tokenType: 'DPoP' }],
  ])('is known by what %s calls its type', (_, provider, body) => {
    expect(provider.parseToken(answer(200, body)).tokenType).toBe('DPoP');
  });
});
