/*
 * A queue consumer that works for 10 000 accounts, each with its own token, in bounded memory: the source keeps the 500
 * most recently used tokens, and fetches another again when its account returns.
 *
 *   node examples/run.mjs tenant-queue
 */
import { createProviderClient, createTokenSource } from 'axios-bearer';
import { oauth2ClientCredentials } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';
import { Agent } from 'node:http';

const ACCOUNTS = Number(process.env['ACCOUNTS'] ?? 10_000);
const WORKERS = 50;

const sandbox = await startSandbox({ only: ['oauth2'], maxLogEntries: 100 });
const { credentials, url, tokenUrl } = sandbox.oauth2;
const agent = new Agent({ keepAlive: true, maxSockets: WORKERS });

const tokens = createTokenSource(
  oauth2ClientCredentials({
    ...credentials,
    tokenUrl,
    baseURL: url,
    paramNames: ['account'], // Goes into the token request, and distinguishes the accounts' tokens.
  }),
  {
    maxEntries: 500,
    transport: { httpAgent: agent },
    // 50 token calls at once, whose server is in this process too: a busy machine may take longer than 5 s for the first.
    attemptTimeoutMs: 60_000,
    flightTimeoutMs: 60_000,
  },
);
const http = createProviderClient(tokens, { httpAgent: agent });

/** Most messages are for a few busy accounts; each of the others has one. */
function* messages(): Generator<{ account: string }> {
  for (let index = 0; index < ACCOUNTS; index += 1) {
    yield { account: `account-${index}` };
    if (index % 5 === 0) yield { account: `account-${index % 20}` };
  }
}

const queue = messages();
let handled = 0;
let mixedUp = 0;

async function consume(): Promise<void> {
  for (const { account } of queue) {
    const { data } = await http.get<{ account: string }>('/resource', {
      bearer: { params: { account } },
    });
    handled += 1;
    if (data.account !== account) mixedUp += 1;
  }
}

await Promise.all(Array.from({ length: WORKERS }, consume));

const kept = Array.from({ length: ACCOUNTS }, (_, index) => `account-${index}`).filter(
  (account) => tokens.peek({ account }) !== undefined,
).length;
console.log(`${handled} messages for ${ACCOUNTS} accounts, ${mixedUp} with another's token`);
console.log(`a token call for each account: ${sandbox.oauth2.tokenCalls === ACCOUNTS}`);
console.log(`tokens kept: ${kept}`);
tokens.close();
agent.destroy();
await sandbox.close();
