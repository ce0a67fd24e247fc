import { inspect } from 'node:util';

import type { Scenario } from './scenario.js';

export const secretsInErrors: Scenario = {
  id: 'secrets-in-errors',
  title: 'Secrets in errors',
  about:
    'An API call that fails with 500, and a token call that fails with 400; both errors are printed with `inspect`, which is what `console.error` does, and with `JSON.stringify`. Good: neither shows the token or the secret. (A token call that is left to the user is made with axios.)',
  async run({ peer, client, server, setup }) {
    await client.get('/__sandbox/echo');
    const apiError = await errorOf(client.get('/__sandbox/status/500'));
    server.tokenEndpoint.fail({ status: 400, body: { error: 'invalid_request' } });
    const cold = peer.create(setup);
    const tokenError = await errorOf(cold.get('/__sandbox/echo'));
    cold.close?.();

    const token = server.issuedTokens.at(-1) ?? '';
    const { clientSecret } = setup;
    const form = new URLSearchParams({ s: clientSecret }).toString().slice(2);
    const shows = (error: unknown, secrets: readonly string[]) =>
      [inspect(error, { depth: 12, showHidden: false }), json(error)].some((text) =>
        secrets.some((secret) => text.includes(secret)),
      );
    const leaks = [
      ...(shows(apiError, [token]) ? ['the token'] : []),
      ...(shows(tokenError, [clientSecret, form, encodeURIComponent(clientSecret)])
        ? ['the secret']
        : []),
    ];
    return {
      text: leaks.length === 0 ? 'neither shown' : `shows ${leaks.join(' and ')}`,
      isGood: leaks.length === 0,
    };
  },
};

async function errorOf(request: Promise<unknown>): Promise<unknown> {
  try {
    await request;
  } catch (error) {
    return error;
  }
  throw new Error('The request should have failed.');
}

function json(error: unknown): string {
  try {
    return JSON.stringify(error);
  } catch {
    return ''; // Circular, so it cannot be printed this way.
  }
}
