/*
 * Looks up an account at Udara360 and moves money, once, although the token is revoked in between.
 *
 *   node examples/run.mjs udara360-transfer
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { randomUUID } from 'node:crypto';

import { createProviderClient } from 'axios-bearer';
import { udara360 } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

interface Answer<Data> {
  status: boolean;
  message: string;
  data: Data;
}

const sandbox = await startSandbox({ only: ['udara360'] });
const { credentials, url } = sandbox.udara360;
const http = createProviderClient(udara360({ ...credentials, baseURL: url }));

const [debitAccount, creditAccount] = ['1000000001', '1000000002'];

async function balanceOf(accountNumber: string): Promise<number> {
  const { data: answer } = await http.get<Answer<{ availableBalance: number }>>(
    '/api/account/v1/getaccountbalancebyaccountnumber',
    { params: { AccountNumber: accountNumber } },
  );
  // A failure comes with HTTP 200.
  if (!answer.status) throw new Error(`Udara360 says: ${answer.message}`);
  return answer.data.availableBalance;
}

/** Moves kobo. The reference is Udara360's idempotency key: make it once for each transfer, not for each attempt. */
async function transfer(amount: number, requestReference: string): Promise<string> {
  const { data: answer } = await http.post<
    Answer<{ statusCode: string; referenceNumber?: string }>
  >(
    '/api/transfer/v1/localfundtransfer',
    {
      debitAccount,
      creditAccount,
      amount,
      feeCharge: 0,
      narration: 'rent',
      postingsTransactionType: 3,
    },
    { headers: { 'Request-Reference': requestReference } },
  );
  const { statusCode, referenceNumber } = answer.data;
  if (statusCode === '26') return 'refused as a duplicate';
  if (!answer.status || statusCode !== '00') throw new Error(`Udara360 says: ${answer.message}`);
  return `posted as ${referenceNumber}`;
}

const { data: holder } = await http.post<{ accountName: string; responseCode: string }>(
  '/api/transfer/v1/NameEnquiry',
  { destinationAccountNumber: creditAccount, destinationInstitutionCode: '000000' },
  { headers: { 'Request-Reference': randomUUID() } },
);
console.log(`${creditAccount} belongs to ${holder.accountName}`);
console.log(`before: ${await balanceOf(creditAccount)} kobo`);

// The sandbox lets the transfer arrive, and checks its token only when it is released.
const requestReference = randomUUID();
const onItsWay = sandbox.udara360.api.holdNext();
const transferring = transfer(500_050, requestReference);
await onItsWay.arrived;
sandbox.udara360.revokeTokens();
onItsWay.release();
console.log(`the transfer: ${await transferring}`);
console.log(`after: ${await balanceOf(creditAccount)} kobo`);
console.log(`the same reference again: ${await transfer(500_050, requestReference)}`);

const attempts = sandbox.udara360.requests.filter(({ path }) => path.endsWith('localfundtransfer'));
const references = new Set(attempts.map(({ headers }) => headers['request-reference']));
console.log(
  `${attempts.length} requests, ${references.size} reference, ${sandbox.udara360.transfers.length} transfer`,
);
await sandbox.close();
