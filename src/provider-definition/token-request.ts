/** The body of a token request, before it is encoded. */
export type TokenRequestBody =
  | { readonly json: Readonly<Record<string, unknown>> }
  | { readonly form: Readonly<Record<string, string | readonly string[]>> };

/** A token request as plain data, before it is sent. */
export interface TokenRequest {
  /** Absolute, or relative to the provider's `baseURL`. */
  readonly url: string;
  /** @defaultValue 'POST' */
  readonly method?: 'POST' | 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue no body */
  readonly body?: TokenRequestBody;
}

/** Joins a path to a base URL as axios does, keeping the base's own path. */
export function absoluteURL(url: string, baseURL: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  return `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}
