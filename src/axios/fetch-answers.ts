import type { InternalAxiosRequestConfig } from 'axios';

import type { AnswerWatch } from './exchange.js';

type Fetch = typeof globalThis.fetch;

/** What axios does not hand on of an answer that came by fetch: where it came from, and the status of an unread one. */
interface FetchAnswer {
  readonly url: unknown;
  readonly status: unknown;
  readonly headers: object;
}

const answers = new WeakMap<object, FetchAnswer>();
const watched = new WeakMap<Fetch, Fetch>();

/** What came back for a Request of fetch; `undefined` for anything else. */
export function followedTo(request: unknown): FetchAnswer | undefined {
  return typeof request === 'object' && request !== null ? answers.get(request) : undefined;
}

/**
 * Has axios's fetch adapter send by a fetch that remembers where an answer came from: after a redirect to another
 * origin, a 401 says nothing about our token. axios before 1.12 has no place for it.
 *
 * @returns what takes it off again; `undefined` where fetch is not used
 */
export function watchFetch(config: InternalAxiosRequestConfig): AnswerWatch['takeOff'] | undefined {
  return sendsByFetch(config.adapter) ? replaceFetch(config) : undefined;
}

function replaceFetch(config: InternalAxiosRequestConfig): AnswerWatch['takeOff'] | undefined {
  const given = config.env as { fetch?: Fetch } | undefined;
  // One for each fetch, not for each request: axios keeps an adapter for ever for every one it sees.
  if (given?.fetch && typeof given.fetch !== 'function') return undefined; // axios says so itself.
  const fetch = watching(given?.fetch || fetchOfNow);
  Object.assign(config, { env: { ...given, fetch } });
  return (returned) => {
    if (returned.env?.fetch !== fetch) return;
    if (given === undefined) delete returned.env;
    else Object.assign(returned, { env: given });
  };
}

/** Looked up at each call, so that mocks of the global fetch are seen. */
const fetchOfNow: Fetch = (input, init) => globalThis.fetch(input, init);

function watching(send: Fetch): Fetch {
  let watch = watched.get(send);
  if (watch === undefined) {
    watch = async (input, init) => {
      const response = await send(input, init);
      note(input, response);
      return response;
    };
    watched.set(send, watch);
  }
  return watch;
}

/** A mock of fetch may answer with anything. */
function note(input: unknown, response: unknown): void {
  if (typeof input !== 'object' || input === null) return;
  const { url, status, headers } = (response ?? {}) as Partial<Response>;
  const fields = headers instanceof Headers ? Object.fromEntries(headers) : {};
  answers.set(input, { url, status, headers: fields });
}

/** Whether axios will choose its fetch adapter: it is named, or it is the first of a list that works here. */
function sendsByFetch(adapter: unknown): boolean {
  if (typeof adapter === 'string') return adapter.toLowerCase() === 'fetch';
  if (!Array.isArray(adapter)) return false;
  const chosen: unknown = adapter.find((one) => one && isSupported(one));
  return typeof chosen === 'string' && chosen.toLowerCase() === 'fetch';
}

function isSupported(name: unknown): boolean {
  switch (typeof name === 'string' ? name.toLowerCase() : name) {
    case 'xhr':
      return typeof XMLHttpRequest !== 'undefined';
    case 'http':
      return Object.prototype.toString.call(globalThis.process) === '[object process]';
    default:
      return true; // An adapter of the app's own, or fetch.
  }
}
