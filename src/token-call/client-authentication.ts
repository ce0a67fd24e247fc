import { basicAuthorization } from '../platform/basic-authorization.js';
import { formEncode } from '../platform/utf8.js';

/**
 * The `Authorization` value of `client_secret_basic`: both parts are form-encoded before they are joined.
 * Most libraries forget that, and it matters if a secret contains `+`, `%`, `:` or a space.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
export function clientSecretBasic(clientId: string, clientSecret: string): string {
  return basicAuthorization(formEncode(clientId), formEncode(clientSecret));
}
