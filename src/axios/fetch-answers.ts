import type { InternalAxiosRequestConfig } from 'axios';

import { isObject } from '../concealment/any-object.js';
import type { AnswerWatch } from './exchange.js';

type Fetch = typeof globalThis.fetch;

/** What axios does not pass on about a fetch response: its URL, and the status if the body was not read. */
interface FetchAnswer {
  readonly url: unknown;
  readonly status: unknown;
  readonly headers: object;
}

const answers = new WeakMap<object, FetchAnswer>();
const watched = new WeakMap<Fetch, Fetch>();

/** The response to a fetch Request; `undefined` for anything else. */
export function followedTo(request: unknown): FetchAnswer | undefined {
  return isObject(request) ? answers.get(request) : undefined;
}

/**
 * Makes axios's fetch adapter use a fetch that remembers where a response came from: after a redirect to another origin, a 401
 * says nothing about our token. Has no effect before axios 1.12.
 *
 * @returns a function that removes it; `undefined` if fetch is not used
 */
export function watchFetch(config: InternalAxiosRequestConfig): AnswerWatch['takeOff'] | undefined {
  return sendsByFetch(config.adapter) ? replaceFetch(config) : undefined;
}

function replaceFetch(config: InternalAxiosRequestConfig): AnswerWatch['takeOff'] | undefined {
  const given = config.env as { fetch?: Fetch } | undefined;
  // One per fetch, not per request: axios caches an adapter for each fetch it sees, forever.
  if (given?.fetch && typeof given.fetch !== 'function') return undefined; // axios reports it.
  const fetch = watching(given?.fetch || fetchOfNow);
  Object.assign(config, { env: { ...given, fetch } });
  return (returned) => {
    if (returned.env?.fetch !== fetch) return;
    if (given === undefined) delete returned.env;
    else Object.assign(returned, { env: given });
  };
}

/** Looked up on each call, so that mocks of the global fetch are used. */
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

/** Tolerant, because a mock of fetch may return anything. */
function note(input: unknown, response: unknown): void {
  if (!isObject(input)) return;
  const { url, status, headers } = (response ?? {}) as Partial<Response>;
  const fields = headers instanceof Headers ? Object.fromEntries(headers) : {};
  answers.set(input, { url, status, headers: fields });
}

/** Whether axios will choose its fetch adapter: by name, or as the first supported one of a list. */
function sendsByFetch(adapter: unknown): boolean {
  const chosen: unknown = Array.isArray(adapter)
    ? adapter.find((one) => one && isSupported(one))
    : adapter;
  return typeof chosen === 'string' && chosen.toLowerCase() === 'fetch';
}

function isSupported(name: unknown): boolean {
  switch (typeof name === 'string' ? name.toLowerCase() : name) {
    case 'xhr':
      return typeof XMLHttpRequest !== 'undefined';
    case 'http':
      return Object.prototype.toString.call(globalThis.process) === '[object process]';
    default:
      return true; // The app's own adapter, or fetch.
  }
}
