import axios, { type AxiosResponseTransformer, type InternalAxiosRequestConfig } from 'axios';

import type { AnswerWatch } from './exchange.js';
import { watchFetch } from './fetch-answers.js';

/** Puts into a config what sees the answer where axios would hand on too little of it; `undefined` where it hands on all. */
export function watchAnswer(config: InternalAxiosRequestConfig): AnswerWatch | undefined {
  const transforms = watchTransforms(config);
  const takeOffFetch = watchFetch(config);
  const isWatched = transforms !== undefined || takeOffFetch !== undefined;
  return isWatched ? both(transforms, takeOffFetch) : undefined;
}

/** Apart from its caller, like the rest that makes closures: V8 allocates what they share wherever a function starts. */
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
 * Sees status and headers of an answer before the caller's `transformResponse`: if that throws, as a JSON parser does at
 * the HTML page of a proxy, its error replaces the 401. `undefined` where no transform can throw.
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
      // axios copies the list where it merges a config.
      const [first] = listOf(returned.transformResponse);
      if (first === look) Object.assign(returned, { transformResponse });
    },
  };
}

/** As they are when this module is loaded; under a mock of axios there may be none. */
const [STANDARD] = listOf((axios as Partial<typeof axios>).defaults?.transformResponse);

/** The transform of axios itself throws an error that holds the response. */
function mayThrow({ transformResponse }: InternalAxiosRequestConfig): boolean {
  if (Array.isArray(transformResponse) && transformResponse.length === 1)
    return transformResponse[0] !== STANDARD;
  return transformResponse != null && listOf(transformResponse).length > 0;
}

function listOf(
  transforms: InternalAxiosRequestConfig['transformResponse'],
): AxiosResponseTransformer[] {
  if (transforms == null) return [];
  return Array.isArray(transforms) ? transforms : [transforms];
}
