import type { AxiosHeaderValue, AxiosRequestConfig } from 'axios';

/** What the wrapper decides itself, so that a call cannot be bent into another one by accident. */
type DecidedByWrapper =
  | 'url'
  | 'baseURL'
  | 'allowAbsoluteUrls'
  | 'method'
  | 'data'
  | 'auth'
  | 'params'
  | 'responseType'
  | 'transformRequest'
  | 'transformResponse';

/** Also for apps with `exactOptionalPropertyTypes`, where `{ signal: maybe }` is not an axios config. */
type Undefinable<Config> = { [Name in keyof Config]?: Config[Name] | undefined };

/**
 * The last argument of every call: `signal`, `timeout` (milliseconds), `headers`, `onUploadProgress` and any other
 * axios request config, for this call only.
 */
export interface ApiRequestOptions extends Undefinable<Omit<AxiosRequestConfig, DecidedByWrapper>> {
  /** Query parameters beyond the documented ones. The wrapper's own stay as they are. */
  params?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/**
 * An axios config with the per-request switch of `axios-bearer`, written structurally: the wrappers know that one
 * word, and nothing of tokens. An instance without the switch ignores it.
 */
// unknown: where the switch is declared with values of its own, the two declarations have to agree.
export type ApiRequestConfig = AxiosRequestConfig & { bearer?: unknown };

/** Options without those set to `undefined`, which would overrule the instance's own defaults. */
export function withoutUndefined<Options extends object>(
  options: Options,
): { [Name in keyof Options]?: Exclude<Options[Name], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  // The entries are the options' own, less some.
  return Object.fromEntries(given) as {
    [Name in keyof Options]?: Exclude<Options[Name], undefined>;
  };
}

/** axios's own header object as well as a plain one; what the wrapper sets goes on top of it. */
export function plainHeaders(
  headers: AxiosRequestConfig['headers'],
): Record<string, AxiosHeaderValue> {
  return Object.fromEntries(Object.entries(headers ?? {}));
}
