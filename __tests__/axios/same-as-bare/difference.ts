import { AxiosHeaders } from 'axios';
import { isDeepStrictEqual, types } from 'node:util';

/** The part that an object plays in its shape; what bare axios and ours are given is named alike. */
export type Parts = WeakMap<object, string>;

/**
 * Where two values differ first, and how; `undefined` if they are the same: the same parts in the same places, and in
 * each the same values. Exempt is what conceals the token where something is printed, and the token itself.
 */
export function difference(
  bare: unknown,
  ours: unknown,
  path: string,
  parts: Parts,
  note?: string,
): string | undefined {
  const found = compare(bare, ours, path, { parts, seen: new Map() });
  return found === undefined || note === undefined ? found : `${found} (${note})`;
}

/** What conceals, where it does not show itself; and what is another at each run. */
const HIDDEN = new Set<string | symbol>([
  'stack',
  'duration',
  'toJSON',
  'toString',
  'hasOwnProperty', // Which axios gives to the configs that it merges.
  Symbol.for('nodejs.util.inspect.custom'),
]);

const FOR_ONE_SEND = new Set<string | symbol>([
  'beforeRedirect',
  'transformRequest',
  'transformResponse',
  'env',
  'timeout',
]);

/** What keeps its contents where nobody can look. */
const CLOSED = [AbortSignal, Blob, FormData, URLSearchParams, ReadableStream, Headers, URL, Map];

interface Walk {
  readonly parts: Parts;
  readonly seen: Map<object, object>;
}

function compare(bare: unknown, ours: unknown, path: string, walk: Walk): string | undefined {
  if (Object.is(bare, ours)) return undefined;
  const differ = () => `${path}: bare has ${said(bare)}, ours ${said(ours)}`;
  if (!isObject(bare) || !isObject(ours) || typeof bare !== typeof ours) return differ();
  if (walk.parts.get(bare) !== walk.parts.get(ours)) return differ();
  if (typeof bare === 'function') return bare.name === read(ours, 'name') ? undefined : differ();
  if (walk.seen.has(bare)) return walk.seen.get(bare) === ours ? undefined : differ();
  walk.seen.set(bare, ours);
  if (attempt(() => prototypeOf(bare)) !== attempt(() => prototypeOf(ours))) return differ();
  if (ArrayBuffer.isView(bare)) return isDeepStrictEqual(bare, ours) ? undefined : differ();
  return isClosed(bare) ? undefined : compareWithin(bare, ours, path, walk);
}

function compareWithin(bare: object, ours: object, path: string, walk: Walk): string | undefined {
  const [keys, ourKeys] = [keysOf(bare), keysOf(ours)];
  const isHeaders = path.endsWith('.headers');
  for (const key of new Set([...keys, ...ourKeys])) {
    const [value, our] = [read(bare, key), read(ours, key)];
    if (isHeaders && isExempt(key, our)) continue;
    // An adapter that hands out a frozen copy of its config hands out what was put in for one send.
    if (Object.isFrozen(ours) && FOR_ONE_SEND.has(key)) continue;
    // What an interceptor left in place of headers is made into such, for ours.
    if (
      key === 'headers' &&
      !(value instanceof AxiosHeaders) &&
      isOurs(read(our as object, 'Authorization'))
    )
      continue;
    // It leads to sockets, and so to the token: ours can be read by name only.
    if (key === 'request' && isObject(value) && isObject(our)) continue;
    const found = compare(value, our, `${path}.${String(key)}`, walk);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Our token, or our mask where a config went through JSON; and the boundary of a form, which the adapter would make up otherwise. */
function isExempt(name: string | symbol, value: unknown): boolean {
  const lowerCase = String(name).toLowerCase();
  return (
    (lowerCase === 'authorization' && (isOurs(value) || String(value) === '[redacted]')) ||
    (lowerCase === 'content-type' && String(value).includes('boundary=axios-bearer-'))
  );
}

export function isOurs(authorization: unknown): boolean {
  return String(attempt(() => String(authorization))).startsWith('Bearer fake-token-');
}

function keysOf(value: object): (string | symbol)[] {
  const keys = attempt(() => Reflect.ownKeys(value));
  if (!Array.isArray(keys)) return [];
  return (keys as (string | symbol)[]).filter(
    (key) => !HIDDEN.has(key) && !String(key).includes('axios-bearer'),
  );
}

function isClosed(value: object): boolean {
  return (
    types.isPromise(value) ||
    attempt(() => 'pipe' in value) === true ||
    CLOSED.some((closed) => attempt(() => value instanceof closed) === true)
  );
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function prototypeOf(value: object): unknown {
  return Object.getPrototypeOf(value) as unknown;
}

function read(value: object, key: string | symbol): unknown {
  return attempt(() => Reflect.get(value, key) as unknown);
}

/** What a value says, or how it refuses: that, too, is to be the same. */
function attempt(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return `throws ${String(error)}`;
  }
}

/** How a value reads in a message. */
export function said(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (!isObject(value)) return String(value);
  if (attempt(() => value instanceof Error) !== true)
    return String(attempt(() => Object.prototype.toString.call(value)));
  const { name, message, stack } = value as Record<keyof Error, unknown>;
  const [line] = /src\/[^\n)]*/.exec(String(stack)) ?? [];
  return `${String(name)}(${String(message)})${line === undefined ? '' : ` at ${line}`}`;
}
