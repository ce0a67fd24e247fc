import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '../../../src/testing/index.js';
import { askUdara360, bearer, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const clock = createFakeClock();
const udara360 = useSandbox('udara360', { now: clock.now });

async function signIn(reference?: string) {
  const { headers } = bearer((await askUdara360(udara360)).data.accessToken);
  return {
    headers: reference === undefined ? headers : { ...headers, 'Request-Reference': reference },
  };
}
const expirationSeconds = () => clock.now() / 1000 + 3600;

describe("Udara360's token endpoint", () => {
  it('answers flat, in camel case, with two fields about the life', async () => {
    const { status, data } = await askUdara360(udara360);

    expect([status, data]).toEqual([
      200,
      {
        accessToken: udara360.issuedTokens[0],
        tokenType: 'Bearer',
        expirationTime: expirationSeconds(),
        tokenValiditySec: 3600,
      },
    ]);
  });

  it('writes the expiration in milliseconds, or not at all', async () => {
    udara360.writeExpirationTimeIn('milliseconds');
    const inMilliseconds = await askUdara360(udara360);
    udara360.writeExpirationTimeIn('omitted');
    const omitted = await askUdara360(udara360);

    expect(inMilliseconds.data.expirationTime).toBe(expirationSeconds() * 1000);
    expect(omitted.data).not.toHaveProperty('expirationTime');
  });

  it('writes its numbers as text', async () => {
    udara360.writeNumbersAsText();

    expect((await askUdara360(udara360)).data).toMatchObject({
      expirationTime: String(expirationSeconds()),
      tokenValiditySec: '3600',
    });
  });

  it('takes `clientID`, as the table spells it', async () => {
    const { clientId, clientSecret } = udara360.credentials;
    const { status } = await http.post(udara360.tokenUrl, { clientID: clientId, clientSecret });

    expect(status).toBe(200);
  });

  it('refuses wrong credentials', async () => {
    const { clientId } = udara360.credentials;
    const { status, data } = await http.post(udara360.tokenUrl, { clientId, clientSecret: 'no' });

    expect([status, data.status]).toEqual([401, false]);
  });
});

describe("Udara360's accounts", () => {
  it.each([
    '/api/account/v1/getaccountbalancebyaccountnumber?AccountNumber=1000000002',
    '/api/Account/v1/GetAccountBalanceByAccountNumber?accountNumber=1000000002',
    '/api/account/v1/getbyaccountnumber?AccountNumber=1000000002',
  ])('tell their balance at %s', async (path) => {
    const { data } = await http.get(udara360.url + path, await signIn());

    expect(data).toMatchObject({
      status: true,
      data: { accountNumber: '1000000002', availableBalance: 500_000, lienAmount: 0 },
    });
  });

  it('are not found under another number', async () => {
    const { status, data } = await http.get(
      `${udara360.url}/api/account/v1/getbyaccountnumber`,
      await signIn(),
    );

    expect([status, data.status, data.data.statusCode]).toEqual([200, false, '25']);
  });

  it('answer a dead token with 401', async () => {
    const auth = await signIn();
    udara360.revokeTokens();

    expect((await http.get(`${udara360.url}/api/account/v1/getbyaccountnumber`, auth)).status).toBe(
      401,
    );
  });

  it('answer any other path with 404 in the envelope', async () => {
    const { status, data } = await http.get(`${udara360.url}/api/nothing`, await signIn());

    expect([status, data.status]).toEqual([404, false]);
  });

  it.each(['destinationAccountNumber', 'accountNumber'])(
    'are named by an enquiry with %s, flat',
    async (field) => {
      const { data } = await http.post(
        `${udara360.url}/api/transfer/v1/NameEnquiry`,
        { [field]: '1000000001', destinationInstitutionCode: '000001' },
        await signIn('ref-1'),
      );

      expect(data).toMatchObject({
        accountNumber: '1000000001',
        accountName: 'Example Person',
        responseCode: '00',
        clientRef: 'ref-1',
      });
    },
  );

  it('are unknown to an enquiry under another number', async () => {
    const { data } = await http.post(
      `${udara360.url}/api/transfer/v1/NameEnquiry`,
      {},
      await signIn(),
    );

    expect([data.responseCode, data.accountName]).toEqual(['25', '']);
  });
});

describe("Udara360's local transfer", () => {
  const order = (changes: object = {}) => ({
    debitAccount: '1000000001',
    creditAccount: '1000000002',
    amount: 500_050,
    feeCharge: 0,
    narration: 'test',
    postingsTransactionType: 3,
    ...changes,
  });
  const send = async (reference: string | undefined, body = order()) =>
    http.post(`${udara360.url}/api/transfer/v1/localfundtransfer`, body, await signIn(reference));

  it('moves the money and keeps the reference', async () => {
    const { data } = await send('ref-1');

    expect(data).toEqual({
      status: true,
      message: 'Successful',
      data: { statusCode: '00', referenceNumber: 'FAKE-REF-1', instrumentNumber: 'FAKE-INS-1' },
    });
    expect(udara360.transfers).toEqual([
      {
        requestReference: 'ref-1',
        referenceNumber: 'FAKE-REF-1',
        debitAccount: '1000000001',
        creditAccount: '1000000002',
        amount: 500_050,
        payload: order(),
      },
    ]);
    expect(udara360.balanceOf('1000000001')).toBe(99_499_950);
    expect(udara360.balanceOf('1000000002')).toBe(1_000_050);
  });

  it('refuses a reference that it has seen, inside a 200, and moves nothing', async () => {
    await send('ref-1');
    const { status, data } = await send('ref-1');

    expect([status, data.status, data.data.statusCode]).toEqual([200, false, '26']);
    expect(udara360.transfers).toHaveLength(1);
    expect(udara360.balanceOf('1000000001')).toBe(99_499_950);
  });

  it.each([
    ['13', 'a broken amount', { amount: 1.5 }],
    ['13', 'no money at all', { amount: 0 }],
    ['25', 'an unknown debit account', { debitAccount: 'none' }],
    ['25', 'an unknown credit account', { creditAccount: undefined }],
    ['51', 'more than there is', { amount: 100_000_001 }],
  ])('answers code %s for %s', async (code, _what, changes) => {
    const { status, data } = await send('ref-1', order(changes));

    expect([status, data.status, data.data.statusCode]).toEqual([200, false, code]);
    expect(udara360.transfers).toEqual([]);
  });

  it.each([
    ['no reference', undefined],
    ['a reference of more than 100 characters', 'x'.repeat(101)],
  ])('refuses %s', async (_what, reference) => {
    expect((await send(reference)).status).toBe(400);
  });
});
