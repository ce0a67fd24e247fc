import { ApiInputError, type ApiName } from './api-input-error.js';

/**
 * A host option as an origin with an optional path, without the trailing slash.
 *
 * @throws ApiInputError when it is no http(s) URL, or carries credentials or a query.
 */
export function toHost(api: ApiName, operation: string, field: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!plain) {
    throw new ApiInputError({
      api,
      operation,
      field,
      problem:
        'must be an http or https URL without credentials and query, like https://host.example',
    });
  }
  return value.replace(/\/+$/, '');
}
