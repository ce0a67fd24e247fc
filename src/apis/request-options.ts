import type { AxiosHeaderValue, AxiosRequestConfig } from 'axios';

/** Set by the wrapper, so that options cannot turn one call into another by accident. */
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
 * word, and nothing about tokens. An instance without the switch ignores it.
 */
// unknown: axios-bearer declares the switch with its own values, and the two declarations have to agree.
export type ApiRequestConfig = AxiosRequestConfig & { bearer?: unknown };

/** Options without those set to `undefined`, which would override the instance's defaults. */
export function withoutUndefined<Options extends object>(
  options: Options,
): { [Name in keyof Options]?: Exclude<Options[Name], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  // The entries are a subset of the options'.
  return Object.fromEntries(given) as {
    [Name in keyof Options]?: Exclude<Options[Name], undefined>;
  };
}

/** Takes axios's own header object or a plain one; the wrapper's headers go on top. */
export function plainHeaders(
  headers: AxiosRequestConfig['headers'],
): Record<string, AxiosHeaderValue> {
  return Object.fromEntries(Object.entries(headers ?? {}));
}
