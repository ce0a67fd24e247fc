/*
 * A handler for a serverless platform. Code outside it lives as long as the instance does, so a warm call already has
 * the token; and no timer of ours keeps the instance busy while it is frozen.
 *
 *   node examples/run.mjs serverless-handler
 */
import { createProviderClient, isBearerError } from 'axios-bearer';
import { singleview } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

const sandbox = await startSandbox({ only: ['singleview'] });
const { credentials, url } = sandbox.singleview;

// Made once an instance. Credentials may come from a secrets manager: they are read only for a token call.
const http = createProviderClient(
  singleview({ baseURL: url, credentials: () => Promise.resolve(credentials) }),
);

interface Context {
  getRemainingTimeInMillis(): number;
}

async function handler(_event: unknown, context: Context) {
  try {
    // Waiting for a token, fetching it and a replay all fit into this; a second is kept for the answer.
    const timeout = context.getRemainingTimeInMillis() - 1_000;
    const { status } = await http.get('/__sandbox/echo', { timeout });
    return { statusCode: status };
  } catch (error) {
    if (isBearerError(error)) return { statusCode: 503, body: error.code };
    throw error;
  }
}

const context: Context = { getRemainingTimeInMillis: () => 6_000 };
console.log('cold:', await handler({}, context), `${sandbox.singleview.tokenCalls} token call`);
console.log('warm:', await handler({}, context), `${sandbox.singleview.tokenCalls} token call`);

// Frozen for so long that the token has expired meanwhile, and the clock of the instance has not noticed yet.
sandbox.singleview.expireTokens();
console.log('late:', await handler({}, context), `${sandbox.singleview.tokenCalls} token calls`);
await sandbox.close();
