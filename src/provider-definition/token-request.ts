/** The body of a token request, before it is encoded. */
export type TokenRequestBody =
  | { readonly json: Readonly<Record<string, unknown>> }
  | { readonly form: Readonly<Record<string, string | readonly string[]>> };

/** One token request as a provider's document describes it: data, not yet sent. */
export interface TokenRequest {
  /** Absolute, or relative to the provider's `baseURL`. */
  readonly url: string;
  /** @defaultValue 'POST' */
  readonly method?: 'POST' | 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** None: the request goes out without a body. */
  readonly body?: TokenRequestBody;
}

/** Joins a path to a base URL the way axios does: the base may have a path of its own, and keeps it. */
export function absoluteURL(url: string, baseURL: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  return `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}
