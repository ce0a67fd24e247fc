import { Axios, type InternalAxiosRequestConfig } from 'axios';

import type { Provider } from '../provider-definition/define-provider.js';
import { rejectsToken } from '../resource-call/token-rejection.js';
import type { Answer } from './answer.js';

/** Whether an answer means that the token was rejected. Never throws. */
export function isRejection(
  provider: Provider,
  answer: Answer,
  config: InternalAxiosRequestConfig,
): boolean {
  return rejectsToken(provider, answer, () => [
    answer.response ?? answer,
    { method: (config.method ?? 'get').toUpperCase(), url: new Axios({}).getUri(config) },
  ]);
}
