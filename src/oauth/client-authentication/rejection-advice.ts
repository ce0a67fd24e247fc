import type { ClientAuthenticator } from './authenticate-client.js';

/** What to do if the server rejects the client, in one or two sentences. */
export function adviceOnRejection({ method }: ClientAuthenticator): string {
  switch (method) {
    case 'client_secret_basic':
      return (
        "Check clientId and clientSecret, and that they belong to this server. If so, try another clientAuthentication: 'client_secret_post' if the server expects them in " +
        "the body; or 'client_secret_basic_interop' if it does not form-decode HTTP Basic."
      );
    case 'client_secret_basic_interop':
    case 'client_secret_post':
      return "Check clientId and clientSecret, and that they belong to this server. If so, try another clientAuthentication, such as 'client_secret_basic'.";
    case 'client_secret_jwt':
      return 'Check clientSecret, and the audience that the server expects in the assertion.';
    case 'private_key_jwt':
      return (
        'Check that the server knows the public key, by the `keyId` or certificate that is sent, and the audience that it expects in the ' +
        'assertion.'
      );
    case 'tls_client_auth':
      return 'Check that `transport.httpsAgent` has the client certificate, and that the server knows it.';
    case 'none':
      return 'Check clientId, and whether this client has to authenticate.';
  }
}
