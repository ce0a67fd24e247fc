/*
 * An authorization server and its API in a process of their own, so that they share no event loop with what is measured.
 * It knows any number of tenants, each under its own path. As minimal as possible, to be the cheaper half of each
 * request.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ServerOrder, ServerReply, TenantCounts } from './loopback-messages.js';

interface Tenant extends TenantCounts {
  lifeSeconds: number;
  tokenDelayMs: number;
  tellsIssue: boolean;
  live: Map<string, LiveToken>;
}

/** Both in epoch milliseconds. */
interface LiveToken {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const tenants = new Map<string, Tenant>();
let lastToken = 0;

function tenantOf(name: string): Tenant {
  let tenant = tenants.get(name);
  if (tenant === undefined) {
    tenant = {
      lifeSeconds: 3600,
      tokenDelayMs: 0,
      tellsIssue: false,
      live: new Map(),
      tokenCalls: 0,
      sends: 0,
      rejected: 0,
    };
    tenants.set(name, tenant);
  }
  return tenant;
}

const OK = Buffer.from('{"ok":true}');
const JSON_HEADERS = { 'content-type': 'application/json' };

function issueToken(tenant: Tenant, response: ServerResponse): void {
  tenant.tokenCalls += 1;
  setTimeout(() => {
    lastToken += 1;
    const token = `fake-token-${lastToken}`;
    const issuedAt = performance.timeOrigin + performance.now();
    tenant.live.set(token, { issuedAt, expiresAt: issuedAt + tenant.lifeSeconds * 1000 });
    response.writeHead(200, JSON_HEADERS);
    response.end(
      JSON.stringify({
        access_token: token,
        token_type: 'Bearer',
        expires_in: tenant.lifeSeconds,
      }),
    );
  }, tenant.tokenDelayMs);
}

function answerApi(tenant: Tenant, request: IncomingMessage, response: ServerResponse): void {
  tenant.sends += 1;
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const { issuedAt, expiresAt } = tenant.live.get(token) ?? { issuedAt: 0, expiresAt: 0 };
  if (expiresAt > Date.now()) {
    const body = tenant.tellsIssue ? Buffer.from(JSON.stringify({ issuedAt })) : OK;
    response.writeHead(200, { ...JSON_HEADERS, 'content-length': body.length });
    response.end(body);
    return;
  }
  tenant.rejected += 1;
  response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' });
  response.end();
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const [, name = '', what] = (request.url ?? '/').split('/');
  const tenant = tenantOf(name);
  request.resume();
  if (what === 'token') request.on('end', () => issueToken(tenant, response));
  else answerApi(tenant, request, response);
});

function obey(order: ServerOrder): TenantCounts {
  const tenant = tenantOf(order.tenant);
  if (order.do === 'set up') {
    const { lifeSeconds = 3600, tokenDelayMs = 0, tellsIssue = false, token } = order;
    Object.assign(tenant, { lifeSeconds, tokenDelayMs, tellsIssue });
    Object.assign(tenant, { tokenCalls: 0, sends: 0, rejected: 0 });
    const forEver = { issuedAt: 0, expiresAt: Infinity };
    tenant.live = new Map(token === undefined ? [] : [[token, forEver]]);
  } else if (order.do === 'revoke') {
    tenant.live.clear();
  }
  const { tokenCalls, sends, rejected } = tenant;
  return { tokenCalls, sends, rejected };
}

process.on('message', ({ id, order }: { id: number; order: ServerOrder }) => {
  process.send?.({ id, counts: obey(order) } satisfies ServerReply);
});
process.on('disconnect', () => process.exit());
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port } satisfies ServerReply);
});
