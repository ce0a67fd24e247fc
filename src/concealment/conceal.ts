import { holdersOf, isObject, namesOf, prototypeOf, read, write } from './any-object.js';
import { byNameOnly, type IsSecret } from './by-name-only.js';
import { ConcealedValue } from './concealed-value.js';

/**
 * Hides secret headers from everything that prints, walks, serialises or clones an error, and returns the same error. They can
 * still be read by name, and its config can be sent again.
 *
 * Never throws, whatever the error is. Frozen objects stay unchanged.
 */
export function concealError<E>(error: E, isSecret: IsSecret): E {
  for (const holder of holdersOf(error)) {
    concealConfig(read(holder, 'config'), isSecret);
    hide(holder, 'request', null, isSecret);
    const body = read(holder, 'data');
    // Only a body that is the connection itself: a decoded body does not lead to the socket.
    if (isObject(body) && isConnection(body)) hide(holder, 'data', streamPrototypeOf(body));
  }
  return error;
}

function concealConfig(config: unknown, isSecret: IsSecret): void {
  const headers = read(config, 'headers');
  for (const name of namesOf(headers)) {
    const value = read(headers, name);
    if (typeof value !== 'string' || !isSecret(value, name)) continue;
    const concealed = new ConcealedValue(value);
    if (!write(headers, name, concealed))
      write(config, 'headers', { ...(headers as object), [name]: concealed });
  }
  for (const name of namesOf(config)) {
    const value = read(config, name);
    if (leadsToSockets(value)) write(config, name, withoutAgents(value));
  }
}

/** Whether a value leads to sockets: an agent, or a plain structure that contains one. */
function leadsToSockets(value: unknown, seen = new Set<unknown>()): boolean {
  if (!isObject(value) || seen.has(value)) return false;
  if (isAgent(value)) return true;
  seen.add(value);
  return isPlain(value) && namesOf(value).some((name) => leadsToSockets(read(value, name), seen));
}

/** A copy of the structure in which agents can be read only by name. The app's own structure stays unchanged. */
function withoutAgents(value: unknown, copies = new Map<unknown, unknown>()): unknown {
  if (!isObject(value)) return value;
  if (isAgent(value)) return byNameOnly(value, prototypeOf(value));
  if (!isPlain(value)) return value;
  if (copies.has(value)) return copies.get(value);
  const copy = prototypeOf(value) === Array.prototype ? [] : {};
  copies.set(value, copy);
  for (const name of namesOf(value)) write(copy, name, withoutAgents(read(value, name), copies));
  return copy;
}

/** Node's agents, and dispatchers for undici's fetch. */
function isAgent(value: object): boolean {
  return ['addRequest', 'dispatch'].some((name) => typeof read(value, name) === 'function');
}

function isPlain(value: object): boolean {
  return ([null, Object.prototype, Array.prototype] as unknown[]).includes(prototypeOf(value));
}

/** Makes an object that leads to sockets readable only by name. */
function hide(holder: unknown, name: string, prototype: object | null, isSecret?: IsSecret): void {
  const value = read(holder, name);
  if (isObject(value)) write(holder, name, byNameOnly(value, prototype, isSecret));
}

/** The same stream, readable by name only if it is the connection itself: its request holds the headers that were sent. */
export function concealStream<T>(body: T): T {
  return isObject(body) && isConnection(body) ? byNameOnly(body, streamPrototypeOf(body)) : body;
}

function isConnection(body: object): boolean {
  return (
    ['req', 'session'].some((name) => read(body, name) !== undefined) &&
    read(body, 'pipe') !== undefined
  );
}

/** The prototype of Node's streams. The prototypes derived from it have accessors that lead to the socket. */
function streamPrototypeOf(body: object): object | null {
  let prototype = prototypeOf(body);
  while (prototype != null && !/^(Readable|Duplex)$/.test(nameOf(prototype)))
    prototype = prototypeOf(prototype);
  return prototype ?? null;
}

function nameOf(prototype: object): string {
  return String(read(read(prototype, 'constructor'), 'name'));
}
