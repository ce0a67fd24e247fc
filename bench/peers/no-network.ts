import type { PeerSetup, Wire } from './peer.js';

export const FAKE_TOKEN = 'fake-token';

const baseURL = 'https://api.example.com';
const TOKEN_ANSWER = JSON.stringify({
  access_token: FAKE_TOKEN,
  token_type: 'Bearer',
  expires_in: 86_400,
});

/** Answers at once, without I/O; a client that knows 401s only gets one for its first request, and then the token. */
const wire: Wire = ({ url, authorization }) =>
  Promise.resolve(
    url.endsWith('/token')
      ? { status: 200, body: TOKEN_ANSWER }
      : { status: authorization === `Bearer ${FAKE_TOKEN}` ? 200 : 401, body: '{"ok":true}' },
  );

export const noNetwork: PeerSetup = {
  baseURL,
  tokenUrl: `${baseURL}/token`,
  clientId: 'fake-client',
  clientSecret: 'fake-secret',
  wire,
};
