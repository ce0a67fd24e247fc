import { isObject } from '../concealment/any-object.js';
import type { TokenRequest } from '../provider-definition/token-request.js';

/**
 * The values of a token request that no error may repeat: all but the words of the protocol, which errors need.
 *
 * Those are the values of names that end in `type` (`grant_type`, `subject_token_type`, `Content-Type`), and of `scope`, `audience`,
 * `resource` and `Accept`. Values of fewer than six characters are not secrets either: `eu`, `allow`, `true`.
 */
export function requestSecrets({ url, headers = {}, body }: TokenRequest): string[] {
  const [, query = ''] = url.split('?');
  const inBody = body === undefined || 'json' in body ? body?.json : body.form;
  return [
    ...Object.entries(headers).flatMap(([name, value]) => valuesIn(withoutScheme(value), name)),
    ...valuesIn(Object.fromEntries(new URLSearchParams(query))),
    ...valuesIn(inBody),
  ];
}

const PUBLIC_NAME = /type$|^(scopes?|audience|resource|accept)$/i;

function valuesIn(value: unknown, name = ''): string[] {
  if (PUBLIC_NAME.test(name)) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesIn(item, name));
  if (isObject(value))
    return Object.entries(value).flatMap(([inner, part]) => valuesIn(part, inner));
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return text.length < 6 ? [] : [text];
}

/** `Basic` and `Bearer` are words that messages need. */
function withoutScheme(header: unknown): unknown {
  return typeof header === 'string' ? header.replace(/^[a-z-]+ (?=\S+$)/i, '') : header;
}
