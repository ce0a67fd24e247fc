import { jest } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type OIDCProvider from 'oidc-provider';

import { serve } from '../../setup/loopback-server.js';

export const CLIENT = { clientId: 'shop', clientSecret: 'shop-secret-of-many-characters' };
/** Of an access token. */
export const LIFE_SECONDS = 2;

/** Something that waits until the test lets it go. */
interface Held {
  readonly arrived: Promise<void>;
  release(): void;
}

/**
 * A real authorization server, which replaces each refresh token when it is used, and revokes everything of the user when a refresh
 * token comes twice; an API that takes its access tokens; and the app's database: all on one port of 127.0.0.1.
 */
export async function startRotatingServer() {
  const rows = new Map<string, string>();
  const refreshes: string[] = [];
  const refusals: string[] = [];
  let holding: { call: string; held: ReturnType<typeof holder> } | undefined;

  const url = await serve((request, response) => void receive(request, response));
  const provider = await createProvider(url);
  provider.on('grant.success', () => refreshes.push('refresh'));
  provider.on('grant.error', (_, error) => refusals.push(describe(error)));
  const answerAsProvider = provider.callback();

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const isHeld = holding?.call === `${request.method} ${path}`;
    const held = isHeld ? holding?.held : undefined;
    if (held !== undefined) holding = undefined;
    if (path.startsWith('/db/')) return serveRow(request, response, held);
    if (path === '/me') return serveMe(request, response);
    if (held === undefined) {
      answerAsProvider(request, response);
      return;
    }
    // The server has done its work, and its answer does not arrive.
    const end = response.end.bind(response);
    response.end = ((...given: Parameters<typeof end>) => {
      void held.pass().then(() => end(...given));
      return response;
    }) as typeof response.end;
    answerAsProvider(request, response);
  }

  async function serveRow(
    request: IncomingMessage,
    response: ServerResponse,
    held: ReturnType<typeof holder> | undefined,
  ): Promise<void> {
    const user = (request.url ?? '').slice('/db/'.length);
    if (request.method === 'GET') {
      response.end(rows.get(user) ?? '');
      return;
    }
    const body = await text(request);
    await held?.pass();
    // A process that is gone has not saved.
    if (!response.destroyed) rows.set(user, body);
    response.end();
  }

  async function serveMe(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const found = await provider.AccessToken.find(token);
    response.statusCode = found === undefined ? 401 : 200;
    response.end(found?.accountId);
  }

  return {
    url,
    rows,
    /** Refreshes that succeeded. */
    refreshes,
    /** What was said to refreshes that were refused. */
    refusals,
    /** Holds the next save of a refresh token. */
    holdNextSave: (user: string): Held => hold(`PUT /db/${user}`),
    /** Holds the answer to the next token call, which has been carried out. */
    holdNextAnswer: (): Held => hold('POST /token'),
    /** A refresh token as a login brings it. */
    async login(user: string): Promise<string> {
      const { clientId } = CLIENT;
      const grant = new provider.Grant({ accountId: user, clientId });
      grant.addOIDCScope('openid offline_access');
      return new provider.RefreshToken({
        accountId: user,
        client: await provider.Client.find(clientId),
        grantId: await grant.save(),
        gty: 'authorization_code',
        scope: 'openid offline_access',
        expiresWithSession: false,
      }).save();
    },
  };

  function hold(call: string): Held {
    const held = holder();
    holding = { call, held };
    return held;
  }
}

export type RotatingServer = Awaited<ReturnType<typeof startRotatingServer>>;

function holder() {
  const happened: { arrived?: () => void; released?: () => void } = {};
  const arrived = new Promise<void>((resolve) => (happened.arrived = resolve));
  const released = new Promise<void>((resolve) => (happened.released = resolve));
  return {
    arrived,
    release: () => happened.released?.(),
    pass: () => {
      happened.arrived?.();
      return released;
    },
  };
}

async function createProvider(url: string): Promise<OIDCProvider> {
  // It warns of this version of Node, and that keys and data are lost when it ends.
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { default: Provider } = await import('oidc-provider');
  const ttl = { AccessToken: LIFE_SECONDS, RefreshToken: 3600, Grant: 3600, IdToken: 60 };
  const provider = new Provider(url, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: ['https://shop.test/callback'],
      },
    ],
    ttl,
    rotateRefreshToken: true,
    features: { devInteractions: { enabled: false } },
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
  });
  warn.mockRestore();
  return provider;
}

function describe(error: (Error & { error_detail?: string }) | undefined): string {
  return error?.error_detail ?? error?.message ?? 'refused';
}
