import axios, { type AxiosResponseTransformer, type InternalAxiosRequestConfig } from 'axios';

import type { AnswerWatch } from './exchange.js';
import { watchFetch } from './fetch-answers.js';

/** Puts into a config what sees the answer where axios would hand on too little of it; `undefined` where it hands on all. */
export function watchAnswer(config: InternalAxiosRequestConfig): AnswerWatch | undefined {
  const transforms = watchTransforms(config);
  const takeOffFetch = watchFetch(config);
  if (transforms === undefined && takeOffFetch === undefined) return undefined;
  return {
    seen: () => transforms?.seen(),
    takeOff() {
      transforms?.takeOff();
      takeOffFetch?.();
    },
  };
}

/**
 * Sees status and headers of an answer before the caller's `transformResponse`: if that throws, as a JSON parser does at
 * the HTML page of a proxy, its error replaces the 401. `undefined` where no transform can throw.
 */
function watchTransforms(config: InternalAxiosRequestConfig): AnswerWatch | undefined {
  const { transformResponse } = config;
  if (!mayThrow(config)) return undefined;
  let seen: ReturnType<AnswerWatch['seen']>;
  const look: AxiosResponseTransformer = (data: unknown, headers, status) => {
    seen = { status, headers };
    return data;
  };
  config.transformResponse = [look, ...listOf(transformResponse)];
  const watching = config.transformResponse;
  return {
    seen: () => seen,
    takeOff() {
      if (config.transformResponse === watching) Object.assign(config, { transformResponse });
    },
  };
}

function mayThrow({ transformResponse, transitional, responseType }: InternalAxiosRequestConfig) {
  if (transformResponse == null) return false;
  const [first, ...more] = listOf(transformResponse);
  const isDefault = more.length === 0 && first === listOf(axios.defaults.transformResponse)[0];
  return !isDefault || (responseType === 'json' && transitional?.silentJSONParsing === false);
}

function listOf(
  transforms: InternalAxiosRequestConfig['transformResponse'],
): AxiosResponseTransformer[] {
  if (transforms == null) return [];
  return Array.isArray(transforms) ? transforms : [transforms];
}
