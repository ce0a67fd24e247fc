import { formEncode, utf8Bytes } from '../token/utf8.js';

/**
 * The `Authorization` value of HTTP Basic for any two strings, as UTF-8.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617#section-2
 */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${btoa(utf8Bytes(`${user}:${password}`))}`;
}

/**
 * The `Authorization` value of `client_secret_basic`: both parts are form-encoded before they are joined,
 * which most libraries forget and which matters as soon as a secret holds `+`, `%`, `:` or a space.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
export function clientSecretBasic(clientId: string, clientSecret: string): string {
  return basicAuthorization(formEncode(clientId), formEncode(clientSecret));
}
