import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '../../../src/testing/index.js';
import { askSingleview, bearer, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const clock = createFakeClock();
const singleview = useSandbox('singleview', { now: clock.now });

async function signIn() {
  await askSingleview(singleview);
  return bearer(singleview.issuedTokens.at(-1));
}
const question = () => ({
  dateTimeStamp: '2025-01-01T10:00:00',
  requestID: 'req-0001',
  merchantId: singleview.credentials.merchantId,
  banks: [{ code: 'SAMA', consentId: 'urn:FAKE:consent-1' }],
});
const ask = (path: string, auth: object, body: object = question()) =>
  http.post(`${singleview.url}/v1/api/observice/${path}`, body, auth);

describe("SingleView's token endpoint", () => {
  it('writes the literal 0000, as the document does, which is no JSON', async () => {
    const { status, data } = await askSingleview(singleview);

    expect([status, data]).toEqual([
      200,
      `{"success":true,"payload":{"access_token":"${singleview.issuedTokens[0]!}","token_type":"Bearer","expires_in":0000}}`,
    ]);
  });

  it('writes the true life, or anything else, if told to', async () => {
    singleview.writeTrueLifetime();
    const honest = await askSingleview(singleview);
    singleview.writeLifetimeAs('"6000"');
    const overstated = await askSingleview(singleview);

    expect(honest.data.payload.expires_in).toBe(3600);
    expect(overstated.data.payload.expires_in).toBe('6000');
  });

  it('gives a JWT that lives an hour by its own claims', async () => {
    await signIn();
    const payload = singleview.issuedTokens[0]!.split('.')[1]!;
    const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());

    expect([iat, exp - iat]).toEqual([clock.now() / 1000, 3600]);
  });

  it.each(['Client_Credentials', 'client_credentials'])(
    'takes the grant spelled %s',
    async (grantType) => {
      expect((await askSingleview(singleview, grantType)).data).toContain('"success":true');
    },
  );

  it.each([
    ['another grant', { grantType: 'password' }],
    ['no grant', { grantType: undefined }],
    ['a wrong code', { clientCode: 'wrong' }],
    ['a wrong merchant', { merchantId: 'wrong' }],
  ])('answers %s with a failure inside a 200', async (_what, wrong) => {
    const { status, data } = await http.post(singleview.tokenUrl, {
      ...singleview.credentials,
      grantType: 'client_credentials',
      ...wrong,
    });

    expect([status, data]).toEqual([
      200,
      { status: 'FAILURE', errorCode: expect.any(String), message: expect.any(String) },
    ]);
  });

  it('fails with another status if told to', async () => {
    singleview.failTokensWith(401);

    expect((await askSingleview(singleview, 'password')).status).toBe(401);
  });
});

describe("SingleView's accounts", () => {
  it.each([
    ['accounts', { accountHolderShortName: 'Example' }],
    ['allAccountsBalance', { balance: [{ amount: { amount: '10.50', currency: 'SAR' } }] }],
    ['allAccountsTransactions', { transactions: [{ amount: { amount: '6.20' } }] }],
  ])('are read by POST: %s', async (path, account) => {
    const { status, data } = await ask(path, await signIn());

    expect(status).toBe(200);
    expect(data).toMatchObject({
      success: true,
      payload: [{ code: 'SAMA', data: { account: [account] } }],
    });
  });

  it('sum up balances beside the payload, in numbers', async () => {
    const { data } = await ask('allAccountsBalance', await signIn());

    expect(data.overAllBalance).toMatchObject({ totalAvailableBalance: 10.5, currency: 'SAR' });
  });

  it('want the shared fields and a bank', async () => {
    const auth = await signIn();
    const answers = [
      await ask('accounts', auth, { ...question(), requestID: undefined }),
      await ask('accounts', auth, { ...question(), banks: [] }),
      await ask('accounts', auth, { ...question(), banks: [{ code: 'SAMA' }] }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });

  it('answer a dead token with MW-401 and its cause', async () => {
    const auth = await signIn();
    singleview.expireTokens();
    const expired = await ask('accounts', auth);
    const missing = await ask('accounts', {});

    expect([expired.status, expired.data]).toEqual([
      401,
      {
        correlationId: expect.any(String),
        bankCode: '',
        errorCode: 'MW-401',
        errorMessage: 'Authentication token has expired. Please re-authenticate.',
        timeStamp: '2030-01-01T03:00:00.000+03:00',
      },
    ]);
    expect([missing.status, missing.data.errorMessage]).toEqual([401, 'UNAUTHORIZED']);
  });

  it('want a signature and the client headers once that is switched on', async () => {
    const auth = await signIn();
    const { clientId, clientCode } = singleview.credentials;
    const signed = {
      headers: { ...auth.headers, signature: 'fake', clientId, clientCode },
    };
    singleview.requireSignature();

    const without = await ask('accounts', auth);
    const withIt = await ask('accounts', signed);

    expect([without.status, withIt.status]).toEqual([401, 200]);
  });
});
