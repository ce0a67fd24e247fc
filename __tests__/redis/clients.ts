import type { GlideClient, GlideClusterClient } from '@valkey/valkey-glide';
import { createRequire } from 'node:module';

import type { RedisClient, RedisSubscriber } from '../../src/redis/index.js';
import { leftOut } from './redis-server.js';

/** A connected client of the user's, and a way to be rid of it. */
export interface Connected {
  readonly client: RedisClient & { duplicate(): unknown };
  /** Sends a command as it is, past the store. */
  readonly command: (...args: string[]) => Promise<unknown>;
  /** A second connection, for subscriptions. */
  readonly subscriber: () => Promise<RedisSubscriber>;
  readonly close: () => void;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One package in one major version, and how its users connect with it. */
export interface ClientKind {
  readonly name: string;
  connect(address: Address): Promise<Connected>;
  connectCluster(nodes: readonly Address[]): Promise<Connected>;
  connectSentinel(sentinel: Address, master: string): Promise<Connected>;
}

/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return --
   two majors of two packages have no common type, and that is the point of these tests */

const require = createRequire(import.meta.url);

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function ioredis(name: string): ClientKind {
  const load = async (): Promise<any> => (await import(name)).default;
  const track = (client: any, node = client): Connected => {
    const others: any[] = [];
    client.on('error', () => undefined);
    return {
      client,
      command: (command, ...args) => node.call(command, ...args),
      subscriber() {
        const other = client.duplicate();
        other.on('error', () => undefined);
        others.push(other);
        return Promise.resolve(other);
      },
      close: () => [client, ...others].forEach((one) => one.disconnect()),
    };
  };
  return {
    name,
    async connect(address) {
      const Redis = await load();
      return track(new Redis(address));
    },
    async connectCluster(nodes) {
      const Redis = await load();
      return track(new Redis.Cluster(nodes));
    },
    async connectSentinel(sentinel, master) {
      const Redis = await load();
      return track(new Redis({ sentinels: [sentinel], name: master }));
    },
  };
}

function nodeRedis(name: string): ClientKind {
  const load = (): Promise<any> => import(name);
  const track = async (client: any): Promise<Connected> => {
    const others: any[] = [];
    client.on('error', () => undefined);
    await client.connect();
    return {
      client,
      command: (...args) => client.sendCommand(args),
      async subscriber() {
        const other = client.duplicate();
        other.on('error', () => undefined);
        await other.connect();
        others.push(other);
        return other;
      },
      close: () => [client, ...others].forEach((one) => one.destroy()),
    };
  };
  return {
    name,
    async connect({ host, port }) {
      const { createClient } = await load();
      return track(createClient({ socket: { host, port, reconnectStrategy: 50 } }));
    },
    async connectCluster(nodes) {
      const { createCluster } = await load();
      return track(createCluster({ rootNodes: nodes.map((socket) => ({ socket })) }));
    },
    async connectSentinel(sentinel, master) {
      const { createSentinel } = await load();
      return track(createSentinel({ name: master, sentinelRootNodes: [sentinel] }));
    },
  };
}
/* eslint-enable */

const KINDS: readonly ClientKind[] = [
  ioredis('ioredis'),
  nodeRedis('redis'),
  ioredis('iovalkey'),
  ioredis('ioredis-5'),
  nodeRedis('redis-5'),
];

/** Valkey's own client: its connections are native code, and know no Sentinel. */
export const valkeyGlide: Pick<ClientKind, 'name' | 'connect' | 'connectCluster'> = {
  name: '@valkey/valkey-glide',
  async connect(address) {
    const { GlideClient, Logger } = await import('@valkey/valkey-glide');
    Logger.init('off'); // It prints each script that Redis has to be given first.
    return trackGlide(await GlideClient.createClient({ addresses: [address] }));
  },
  async connectCluster(nodes) {
    const { GlideClusterClient } = await import('@valkey/valkey-glide');
    return trackGlide(await GlideClusterClient.createClient({ addresses: [...nodes] }));
  },
};

function trackGlide(client: GlideClient | GlideClusterClient): Connected {
  return {
    client: client as never, // It has no duplicate().
    command: (...args) => client.customCommand(args),
    subscriber: () => Promise.reject(new Error('it has no second connection for subscriptions')),
    close: () => client.close(),
  };
}

/** The clients that are installed here: the current major of each package, and the one before under an alias. */
export const clientKinds: readonly ClientKind[] = KINDS.filter(({ name }) => isInstalled(name));

/** Whether it is the current major of redis or ioredis: what goes over the wire is the same in others, so some tests do with these. */
export function isCurrent({ name }: Pick<ClientKind, 'name'>): boolean {
  return name === 'redis' || name === 'ioredis';
}

/** The current majors, for tests in which the client makes no difference. */
export const [currentIoredis, currentNodeRedis] = KINDS as [ClientKind, ClientKind];

/** Says which majors were not there, and fails where nothing may be left out. */
export function tellOfMissingClients(): void {
  for (const { name } of KINDS)
    if (!isInstalled(name)) leftOut(`everything with ${name}`, 'it is not installed');
}

/** How many scripts Redis has run since the last call. */
export async function scriptsRun({ command }: Connected): Promise<number> {
  const info = String(await command('INFO', 'commandstats'));
  await command('CONFIG', 'RESETSTAT');
  const calls = [...info.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}
