import { utf8Bytes } from './utf8.js';

/**
 * The `Authorization` value of HTTP Basic for any two strings, as UTF-8.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617#section-2
 */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${btoa(utf8Bytes(`${user}:${password}`))}`;
}
