/*
 * Reads accounts, balances and transactions from SingleView, with every request signed.
 *
 *   node examples/run.mjs singleview-accounts
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and `baseURL` is the one that
 * SingleView gave you.
 */
import { createHmac, randomUUID } from 'node:crypto';

import { createProviderClient } from 'axios-bearer';
import { singleview } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

interface Answer<Account> {
  success: boolean;
  payload: { code: string; data: { account: Account[] } }[];
}
interface Money {
  amount: string;
  currency: string;
}

const sandbox = await startSandbox({ only: ['singleview'] });
sandbox.singleview.requireSignature();
const { credentials, url } = sandbox.singleview;
const { clientId, clientCode, merchantId } = credentials;

const http = createProviderClient(singleview({ ...credentials, baseURL: url }));

/** SingleView tells only its customers how to sign a body: put your own function here. */
const sign = (body: string) => createHmac('sha256', clientCode).update(body).digest('hex');

// Signed once, over the exact text that is sent; a replay after a 401 sends the same text with the same signature.
http.interceptors.request.use((config) => {
  config.data = JSON.stringify(config.data);
  config.headers.set({
    'Content-Type': 'application/json',
    signature: sign(String(config.data)),
    clientId,
    clientCode,
  });
  return config;
});

/** Every call is a POST, even one that only reads. */
async function ask<Account>(path: string, extra: object = {}): Promise<Account[]> {
  const { data } = await http.post<Answer<Account>>(`/v1/api/observice/${path}`, {
    dateTimeStamp: new Date().toISOString().slice(0, 19),
    requestID: randomUUID(),
    merchantId,
    banks: [{ code: 'SAMA', consentId: 'urn:FAKE:consent-1' }],
    ...extra,
  });
  // A failure may come with HTTP 200.
  if (!data.success) throw new Error(`SingleView refused ${path}`);
  return data.payload.flatMap((bank) => bank.data.account);
}

const period = { fromDate: '2030-01-01T00:00:00.000Z', toDate: '2030-01-31T00:00:00.000Z' };

for (const account of await ask<{ accountId: string; nickname: string }>('accounts')) {
  console.log(`account ${account.accountId}: ${account.nickname}`);
}

sandbox.singleview.revokeTokens();
const balances = await ask<{ balance: { amount: Money }[] }>('allAccountsBalance', {
  ...period,
  balanceCheck: true,
});
for (const { amount } of balances.flatMap(({ balance }) => balance)) {
  console.log(`balance: ${amount.amount} ${amount.currency}`);
}

const statements = await ask<{ transactions: { amount: Money; status: string }[] }>(
  'allAccountsTransactions',
  { ...period, estatement: true },
);
for (const { amount, status } of statements.flatMap(({ transactions }) => transactions)) {
  console.log(`transaction: ${amount.amount} ${amount.currency}, ${status}`);
}

const [first, again] = sandbox.singleview.requests.filter(({ path }) =>
  path.endsWith('allAccountsBalance'),
);
const same = first?.headers.signature === again?.headers.signature;
console.log(`the replay carries ${same ? 'the same' : 'another'} signature`);
console.log(`${sandbox.singleview.tokenCalls} token calls`);
await sandbox.close();
