/*
 * Run in a process of its own, which its parent stops and continues: it gets a token, and says so and what its source told.
 * At each message it gets another.
 */
import { oauth2ClientCredentials } from '../../../src/providers/index.js';
import { createTokenSource } from '../../../src/axios/create-token-source.js';

const { SANDBOX_URL = '', TOKEN_URL = '' } = process.env;
const provider = oauth2ClientCredentials({
  clientId: 'acme-client-id',
  clientSecret: 'acme-client-secret',
  tokenUrl: TOKEN_URL,
  baseURL: SANDBOX_URL,
});
const options: unknown = JSON.parse(process.env['OPTIONS'] ?? '{}');
const source = createTokenSource(provider, options as object);
const told: string[] = [];
source.on('refreshFailed', ({ error }) => told.push(error.code));
source.on('coolDownStarted', ({ cause }) => told.push(cause));

/** Timers come next after it, and sockets only then. */
function block(ms: number): void {
  const until = Date.now() + ms;
  while (Date.now() < until);
}

/** A number blocks the event loop for that many milliseconds, once the token call is under way. */
process.on('message', (blockedMs: number) => {
  const token = source.getToken().then(
    ({ value }) => value,
    (error: unknown) => String(error),
  );
  const startedAt = performance.now();
  void token.then((got) => process.send?.({ got, told, tookMs: performance.now() - startedAt }));
  if (blockedMs > 0) setTimeout(() => setImmediate(() => block(blockedMs)), 100);
});
