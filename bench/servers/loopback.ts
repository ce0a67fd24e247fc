import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { PeerSetup } from '../peers/peer.js';
import type { ServerOrder, ServerReply, TenantCounts } from './loopback-messages.js';

/** The part of the loopback server that belongs to one client. */
export interface Tenant {
  readonly setup: PeerSetup;
  /** Kills every token. */
  revoke(): Promise<void>;
  counts(): Promise<TenantCounts>;
}

export interface TenantOptions {
  readonly lifeSeconds?: number;
  readonly tokenDelayMs?: number;
  readonly tellsIssue?: boolean;
  readonly token?: string;
}

export interface Loopback {
  readonly origin: string;
  tenant(options?: TenantOptions): Promise<Tenant>;
  close(): Promise<void>;
}

/** Starts the server in a process of its own. */
export async function startLoopback(): Promise<Loopback> {
  const child = fork(join(import.meta.dirname, 'servers/loopback-server.mjs'), { execArgv: [] });
  const origin = `http://127.0.0.1:${await portOf(child)}`;
  const waiting = new Map<number, (counts: TenantCounts) => void>();
  child.on('message', (reply: ServerReply) => {
    if (!('id' in reply)) return;
    waiting.get(reply.id)?.(reply.counts);
    waiting.delete(reply.id);
  });
  let lastId = 0;
  let lastTenant = 0;

  const tell = (order: ServerOrder) => {
    lastId += 1;
    const id = lastId;
    return new Promise<TenantCounts>((resolve) => {
      waiting.set(id, resolve);
      child.send({ id, order });
    });
  };

  return {
    origin,
    async tenant(options = {}) {
      lastTenant += 1;
      const tenant = `tenant-${lastTenant}`;
      await tell({ do: 'set up', tenant, ...options });
      return {
        setup: {
          baseURL: `${origin}/${tenant}`,
          tokenUrl: `${origin}/${tenant}/token`,
          clientId: 'fake-client',
          clientSecret: 'fake-secret',
          ...(options.lifeSeconds === undefined ? {} : { lifeSeconds: options.lifeSeconds }),
        },
        async revoke() {
          await tell({ do: 'revoke', tenant });
        },
        counts: () => tell({ do: 'count', tenant }),
      };
    },
    async close() {
      const exit = once(child, 'exit');
      child.kill();
      await exit;
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  const [reply] = (await once(child, 'message')) as [{ port: number }];
  return reply.port;
}
