import { MisconfigurationError } from '../errors/index.js';

/**
 * What we use of a client from the package `redis` (node-redis), version 5 or 6: single node, pool, Sentinel or Cluster.
 *
 * @see https://github.com/redis/node-redis
 */
export interface NodeRedisClient {
  /** Runs a script that Redis knows by its hash. */
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** Runs a script by its source. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/**
 * What we use of a client from the package `ioredis`, version 5 or 6, or its fork `iovalkey`: single node, Sentinel or Cluster.
 *
 * @see https://github.com/redis/ioredis
 * @see https://github.com/valkey-io/iovalkey
 */
export interface IoredisClient {
  /** Runs a script that Redis knows by its hash. */
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Runs a script by its source. */
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/**
 * What we use of a client from the package `@valkey/valkey-glide`: single node or Cluster.
 *
 * @see https://github.com/valkey-io/valkey-glide
 */
export interface ValkeyGlideClient {
  /** Sends any command. */
  customCommand(args: string[]): Promise<unknown>;
}

/**
 * What we use of a client from the package `@upstash/redis`, which talks to Redis over HTTP.
 *
 * @see https://github.com/upstash/redis-js
 */
export interface UpstashRedisClient {
  /** Runs a script that Redis knows by its hash. */
  evalsha(sha: string, keys: string[], args: string[]): Promise<unknown>;
  /** Runs a script by its source. */
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
}

/** Your own client. It is used, but never opened, configured or closed. */
export type RedisClient = NodeRedisClient | IoredisClient | ValkeyGlideClient | UpstashRedisClient;

/** A Lua script and the hash by which Redis knows it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Runs a script in one round trip, whichever client is behind it. */
export type RunScript = (
  script: Script,
  keys: readonly string[],
  args: readonly string[],
) => Promise<readonly string[]>;

/**
 * Returns the function that runs scripts on this client, whichever package it is from.
 *
 * @throws {@link MisconfigurationError} if it is another kind of client
 */
export function scriptRunner(client: unknown): RunScript {
  const call = callerFor(client);
  return async (script, keys, args) => {
    try {
      return toStrings(await call('sha', script.sha, keys, args));
    } catch (error) {
      // Redis forgets its scripts when it restarts, and a replica or another cluster node may never have had this one.
      if (!isNoScript(error)) throw error;
      return toStrings(await call('source', script.source, keys, args));
    }
  };
}

type Call = (
  by: 'sha' | 'source',
  script: string,
  keys: readonly string[],
  args: readonly string[],
) => Promise<unknown>;

function callerFor(client: unknown): Call {
  if (isNodeRedis(client)) {
    return (by, script, keys, args) => {
      const options = { keys: [...keys], arguments: [...args] };
      return by === 'sha' ? client.evalSha(script, options) : client.eval(script, options);
    };
  }
  // Checked before ioredis, whose methods have the same names but other arguments.
  if (isUpstash(client)) {
    return async (by, script, keys, args) =>
      undoParsing(await client[by === 'sha' ? 'evalsha' : 'eval'](script, [...keys], [...args]));
  }
  if (isIoredis(client)) {
    return (by, script, keys, args) =>
      by === 'sha'
        ? client.evalsha(script, keys.length, ...keys, ...args)
        : client.eval(script, keys.length, ...keys, ...args);
  }
  if (isValkeyGlide(client)) {
    return (by, script, keys, args) => {
      const command = by === 'sha' ? 'EVALSHA' : 'EVAL';
      return client.customCommand([command, script, String(keys.length), ...keys, ...args]);
    };
  }
  throw new MisconfigurationError({
    option: 'client',
    problem:
      'is not a client of redis (node-redis), ioredis, iovalkey, @valkey/valkey-glide or @upstash/redis',
    remedy: 'Pass the client object itself: the result of createClient(), or a new Redis().',
  });
}

function isNodeRedis(client: unknown): client is NodeRedisClient {
  return hasMethods(client, 'evalSha', 'eval');
}

function isIoredis(client: unknown): client is IoredisClient {
  return hasMethods(client, 'evalsha', 'eval');
}

function isValkeyGlide(client: unknown): client is ValkeyGlideClient {
  return hasMethods(client, 'customCommand', 'invokeScript');
}

/** Its member `client` is the HTTP client; with ioredis, `client` is a function, the command of that name. */
function isUpstash(client: unknown): client is UpstashRedisClient {
  if (!hasMethods(client, 'evalsha', 'eval') || !('client' in client)) return false;
  return hasMethods(client.client, 'request');
}

/**
 * By default @upstash/redis parses each text of a reply as JSON. A number that it parsed prints exactly as it was; anything else
 * that parses is a record that we did not write, and is left as it is.
 */
function undoParsing(reply: unknown): unknown {
  if (!Array.isArray(reply)) return reply;
  return reply.map((item: unknown) => (typeof item === 'string' ? item : JSON.stringify(item)));
}

export function hasMethods<Name extends string>(
  value: unknown,
  ...names: readonly Name[]
): value is Record<Name, (...args: never[]) => unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  );
}

function isNoScript(error: unknown): boolean {
  // Some clients put other words before it, or use it as the error's name.
  return error instanceof Error && /\bNOSCRIPT\b|NoScriptError/.test(error.message);
}

/** Our scripts return a list of strings; some client settings turn them into buffers. */
function toStrings(reply: unknown): string[] {
  if (!Array.isArray(reply)) throw new TypeError('The Redis script did not return a list.');
  return reply.map((item: unknown) => {
    if (typeof item === 'string') return item;
    if (item instanceof Uint8Array) return Buffer.from(item).toString('utf8');
    throw new TypeError('The Redis script returned something other than strings.');
  });
}
