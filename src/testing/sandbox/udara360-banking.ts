/*
 * Udara360 accounts and transfers.
 *
 * https://docs.udara360.io/udara360-docs-1/account/editor/get-balance-by-account-number
 * https://docs.udara360.io/udara360-docs-1/transactions/transfer-api/name-enquiry
 * https://docs.udara360.io/udara360-docs-1/transactions/transfer-api/local-funds-transfer
 *
 * Documented: the balance envelope, the flat name enquiry, the transfer's request, `Request-Reference` (at most 100 characters)
 * for everything that changes data, the posting codes 00, 13, 25, 26 and 51.
 * Unofficial, from public client code: the balance's path, the transfer's answer.
 * Hypothesis: that a repeated reference draws code 26 inside a 200; 400 for a missing or over-long one; the unit of balances
 * (here kobo, like amounts).
 */
import { json, type Answer } from './answers.js';
import { asText, objectBody } from './read-body.js';
import { route, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** A transfer that the sandbox's Udara360 has posted. */
export interface Udara360Transfer {
  /** The `Request-Reference` header. */
  readonly requestReference: string;
  readonly referenceNumber: string;
  readonly debitAccount: string;
  readonly creditAccount: string;
  /** Kobo. */
  readonly amount: number;
  /** The whole body as it was received. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Verbs about accounts and transfers. */
export interface Udara360Banking {
  /** The transfers that were posted, oldest first; a refused duplicate is not among them. */
  readonly transfers: readonly Udara360Transfer[];
  /** What an account holds, in kobo, or `undefined` if there is no such account. */
  balanceOf(accountNumber: string): number | undefined;
}

const FIRST_BALANCES: readonly (readonly [string, number])[] = [
  ['1000000001', 100_000_000],
  ['1000000002', 500_000],
];

/** Creates two accounts and the routes about them. */
export function createUdara360Banking(): ApiPart<Udara360Banking> {
  const balances = new Map(FIRST_BALANCES);
  const transfers: Udara360Transfer[] = [];
  const references = new Set<string>();

  function balance(request: SandboxRequest): Answer {
    // Tables write the parameter in lower case, samples in upper case.
    const accountNumber =
      request.query.get('AccountNumber') ?? request.query.get('accountNumber') ?? '';
    const held = balances.get(accountNumber);
    if (held === undefined) return failure('25', 'No record found');
    return json(200, {
      status: true,
      message: 'Successful',
      data: {
        accountNumber,
        ledgerBalance: held,
        availableBalance: held,
        withdrawableBalance: held,
        lienAmount: 0,
      },
    });
  }

  function nameEnquiry(request: SandboxRequest): Answer {
    const body = objectBody(request);
    // The table and the sample disagree about the name of the account field.
    const accountNumber = asText(body.destinationAccountNumber) ?? asText(body.accountNumber) ?? '';
    const known = balances.has(accountNumber);
    return json(200, {
      destinationInstitutionCode: asText(body.destinationInstitutionCode) ?? '',
      channelCode: '1',
      accountNumber,
      accountName: known ? 'Example Person' : '',
      transactionReference: `FAKE-NE-${request.serial}`,
      bankVerificationNumber: '',
      address: '',
      kycLevel: 1,
      responseCode: known ? '00' : '25',
      message: known ? 'Successful' : 'No record found',
      clientRef: asText(request.headers['request-reference']) ?? '',
      sessionID: `FAKE-SESSION-${request.serial}`,
    });
  }

  function transfer(request: SandboxRequest): Answer {
    const requestReference = asText(request.headers['request-reference']);
    if (requestReference === undefined || requestReference.length > 100) {
      return json(400, { status: false, message: 'Request-Reference is missing', data: null });
    }
    if (references.has(requestReference)) return failure('26', 'Duplicate record');
    const payload = objectBody(request);
    const { debitAccount, creditAccount, amount } = payload;
    if (typeof amount !== 'number' || !Number.isInteger(amount) || amount <= 0) {
      return failure('13', 'Invalid amount');
    }
    const held = typeof debitAccount === 'string' ? balances.get(debitAccount) : undefined;
    const target = typeof creditAccount === 'string' ? balances.get(creditAccount) : undefined;
    if (held === undefined || target === undefined) return failure('25', 'No record found');
    if (held < amount) return failure('51', 'Insufficient balance');

    references.add(requestReference);
    const posted: Udara360Transfer = {
      requestReference,
      referenceNumber: `FAKE-REF-${transfers.length + 1}`,
      debitAccount: String(debitAccount),
      creditAccount: String(creditAccount),
      amount,
      payload,
    };
    balances.set(posted.debitAccount, held - amount);
    balances.set(posted.creditAccount, target + amount);
    transfers.push(posted);
    return json(200, {
      status: true,
      message: 'Successful',
      data: {
        statusCode: '00',
        referenceNumber: posted.referenceNumber,
        instrumentNumber: asText(payload.instrumentNumber) ?? `FAKE-INS-${transfers.length}`,
      },
    });
  }

  return {
    routes: [
      route('GET', '/api/account/v1/getaccountbalancebyaccountnumber', balance),
      route('GET', '/api/account/v1/getbyaccountnumber', balance),
      route('POST', '/api/transfer/v1/NameEnquiry', nameEnquiry),
      route('POST', '/api/transfer/v1/localfundtransfer', transfer),
    ],
    verbs: { transfers, balanceOf: (accountNumber) => balances.get(accountNumber) },
    reset() {
      balances.clear();
      for (const [accountNumber, held] of FIRST_BALANCES) balances.set(accountNumber, held);
      transfers.length = 0;
      references.clear();
    },
  };
}

/** A failure inside a 200, as public clients of this API expect it. */
function failure(statusCode: string, message: string): Answer {
  return json(200, { status: false, message, data: { statusCode } });
}
