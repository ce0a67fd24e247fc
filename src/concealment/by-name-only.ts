import { REDACTED } from './redacted.js';

/** Whether the value of a header must not show. */
export type IsSecret = (value: unknown, name: string) => boolean;

/**
 * A view of an object that can be read by name, but shows nothing to code that lists, walks, prints or serialises it.
 *
 * For objects that lead to sockets: a socket leads to the requests on it and their headers, including other requests in flight.
 * Methods run on the real object.
 *
 * @param prototype - the prototype of the view; none by default
 * @param isSecret - which other headers `getHeaders()` masks
 */
export function byNameOnly<T extends object>(
  real: T,
  prototype: object | null = null,
  isSecret: IsSecret = () => false,
): T {
  if (views.has(real)) return real;
  const view = new Proxy(Object.create(prototype) as object, new ByName(real, isSecret)) as T;
  views.add(view);
  return view;
}

const views = new WeakSet();

type Method = (...args: unknown[]) => unknown;

/** Makes JSON omit the view. */
const leaveOut = () => undefined;

const CREDENTIALS = /^(authorization|cookie)$/i;

class ByName implements ProxyHandler<object> {
  readonly #real: object;
  readonly #isSecret: IsSecret;
  /** So that a method is the same function each time it is read. */
  #methods: Map<Method, Method> | undefined;

  constructor(real: object, isSecret: IsSecret) {
    this.#real = real;
    this.#isSecret = isSecret;
  }

  get(_target: object, name: PropertyKey): unknown {
    if (name === 'toJSON') return leaveOut;
    const value: unknown = Reflect.get(this.#real, name, this.#real);
    if (typeof value !== 'function') return value;
    const method = this.#bound(value as Method);
    // pino treats an object with `setHeader` as a server response and prints all its headers.
    return name === 'getHeaders' ? () => this.#masked(method()) : method;
  }

  set(_target: object, name: PropertyKey, value: unknown): boolean {
    return Reflect.set(this.#real, name, value, this.#real);
  }

  has(_target: object, name: PropertyKey): boolean {
    return name === 'toJSON' || Reflect.has(this.#real, name);
  }

  #masked(headers: unknown): object {
    const fields: Record<string, unknown> = { ...(headers as object) };
    for (const name in fields) {
      if (CREDENTIALS.test(name) || this.#isSecret(fields[name], name)) fields[name] = REDACTED;
    }
    return fields;
  }

  #bound(method: Method): Method {
    this.#methods ??= new Map();
    let bound = this.#methods.get(method);
    if (bound === undefined) {
      bound = method.bind<Method>(this.#real);
      this.#methods.set(method, bound);
    }
    return bound;
  }
}
