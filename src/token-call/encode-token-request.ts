import {
  absoluteURL,
  type TokenRequest,
  type TokenRequestBody,
} from '../provider-definition/token-request.js';

/** A token request, ready to be sent. */
export interface EncodedTokenRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly data: string | undefined;
}

/** Encodes a token request: JSON or `application/x-www-form-urlencoded` (RFC 6749, appendix B). */
export function encodeTokenRequest(request: TokenRequest, baseURL: string): EncodedTokenRequest {
  const [contentType, data] = encodedBody(request.body);
  return {
    url: absoluteURL(request.url, baseURL),
    method: request.method ?? 'POST',
    headers: {
      Accept: 'application/json',
      ...(contentType && { 'Content-Type': contentType }),
      ...request.headers,
    },
    data,
  };
}

/** The content type of a body, and its text. */
function encodedBody(body: TokenRequestBody | undefined): readonly [type?: string, text?: string] {
  if (body === undefined) return [];
  return 'json' in body
    ? ['application/json', JSON.stringify(body.json)]
    : ['application/x-www-form-urlencoded', formEncoded(body.form)];
}

function formEncoded(form: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((item): [string, string] => [name, item]),
  );
  return new URLSearchParams(pairs).toString();
}
