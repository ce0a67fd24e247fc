/*
 * SingleView account information. Every call is a POST, even one that only reads.
 *
 * https://docs.onesingleview.com/docs/open-banking-api-ais-accounts
 * https://docs.onesingleview.com/docs/open-banking-api-ais-use-case-balance-check
 * https://docs.onesingleview.com/docs/open-banking-api-ais-use-case-e-statement
 *
 * Documented: the three paths, their requests, the answer of `accounts`.
 * Unofficial, from public client code: the answers of balance and transactions; amounts are strings in one and numbers in the
 * other. Hypothesis: 400 in the token endpoint's failure envelope for a body without the shared fields.
 */
import { json, type Answer } from './answers.js';
import { asList, asObject, asText, objectBody } from './read-body.js';
import { route, type Access, type Route } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** Lists the routes about accounts; `checkSignature` runs after the token was accepted. */
export function createSingleviewAccounts(checkSignature: Access): readonly Route[] {
  const read = (path: string, answer: (bankCode: string) => object) =>
    route('POST', path, (request) => checkSignature(request) ?? forBank(request, answer));
  return [
    read('/v1/api/observice/accounts', accounts),
    read('/v1/api/observice/allAccountsBalance', balances),
    read('/v1/api/observice/allAccountsTransactions', transactions),
  ];
}

function forBank(request: SandboxRequest, answer: (bankCode: string) => object): Answer {
  const body = objectBody(request);
  const { code, consentId } = asObject(asList(body.banks, 1, 100)?.[0]) ?? {};
  const bankCode = asText(code);
  const shared = ['dateTimeStamp', 'requestID', 'merchantId'].every(
    (name) => asText(body[name]) !== undefined,
  );
  if (!shared || bankCode === undefined || asText(consentId) === undefined) {
    return json(400, {
      status: 'FAILURE',
      errorCode: 'SANDBOX-FORMAT',
      message: 'Invalid request',
    });
  }
  return json(200, answer(bankCode));
}

const ACCOUNT = { accountId: '100000000000000000000001', accountHolderName: 'Example Person' };

function accounts(code: string): object {
  const account = {
    ...ACCOUNT,
    accountHolderShortName: 'Example',
    status: 'KSAOB.Enabled',
    currency: 'SAR',
    nickname: 'Main',
  };
  return { success: true, payload: [{ code, data: { account: [account] } }] };
}

function balances(code: string): object {
  const balance = {
    amount: { amount: '10.50', currency: 'SAR' },
    creditDebitIndicator: 'KSAOB.Credit',
    type: 'KSAOB.ClosingAvailable',
  };
  return {
    success: true,
    payload: [{ code, data: { account: [{ ...ACCOUNT, balance: [balance] }] } }],
    overAllBalance: {
      totalOpeningBalance: 10.5,
      totalAvailableBalance: 10.5,
      totalClosingAvailable: 10.5,
      currency: 'SAR',
    },
  };
}

function transactions(code: string): object {
  const transaction = {
    transactionId: 'fake-transaction-1',
    transactionType: 'KSAOB.POS',
    amount: { amount: '6.20', currency: 'SAR' },
    creditDebitIndicator: 'KSAOB.Debit',
    status: 'KSAOB.Booked',
  };
  return {
    success: true,
    payload: [{ code, data: { account: [{ ...ACCOUNT, transactions: [transaction] }] } }],
  };
}
