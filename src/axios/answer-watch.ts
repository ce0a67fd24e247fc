import axios, { type AxiosResponseTransformer, type InternalAxiosRequestConfig } from 'axios';

import type { AnswerWatch } from './exchange.js';
import { watchFetch } from './fetch-answers.js';

/** Adds hooks to a config that see the answer where axios itself passes on too little; `undefined` if none are needed. */
export function watchAnswer(config: InternalAxiosRequestConfig): AnswerWatch | undefined {
  const transforms = watchTransforms(config);
  const takeOffFetch = watchFetch(config);
  const isWatched = transforms !== undefined || takeOffFetch !== undefined;
  return isWatched ? both(transforms, takeOffFetch) : undefined;
}

/** A separate function, because V8 allocates the context of closures at function entry, even where none is made. */
function both(
  transforms: AnswerWatch | undefined,
  takeOffFetch: AnswerWatch['takeOff'] | undefined,
): AnswerWatch {
  return {
    seen: () => transforms?.seen(),
    takeOff(config) {
      transforms?.takeOff(config);
      takeOffFetch?.(config);
    },
  };
}

/**
 * Sees status and headers before the caller's `transformResponse`. If that throws, as a JSON parser does on a proxy's HTML page,
 * its error replaces the 401. `undefined` if no transform can throw.
 */
function watchTransforms(config: InternalAxiosRequestConfig): AnswerWatch | undefined {
  return mayThrow(config) ? lookFirst(config) : undefined;
}

function lookFirst(config: InternalAxiosRequestConfig): AnswerWatch {
  const { transformResponse } = config;
  let seen: ReturnType<AnswerWatch['seen']>;
  const look: AxiosResponseTransformer = (data: unknown, headers, status) => {
    seen = { status, headers };
    return data;
  };
  config.transformResponse = [look, ...listOf(transformResponse)];
  return {
    seen: () => seen,
    takeOff(returned) {
      // axios copies the list when it merges a config.
      const [first] = listOf(returned.transformResponse);
      if (first === look) Object.assign(returned, { transformResponse });
    },
  };
}

/** axios's own transform, read when this module loads. A mock of axios may have none. */
const [STANDARD] = listOf((axios as Partial<typeof axios>).defaults?.transformResponse);

/** axios's own transform does not matter here: its errors hold the response. */
function mayThrow({ transformResponse }: InternalAxiosRequestConfig): boolean {
  if (Array.isArray(transformResponse) && transformResponse.length === 1)
    return transformResponse[0] !== STANDARD;
  return listOf(transformResponse).length > 0;
}

function listOf(
  transforms: InternalAxiosRequestConfig['transformResponse'],
): AxiosResponseTransformer[] {
  if (transforms == null) return [];
  return Array.isArray(transforms) ? transforms : [transforms];
}
