import type { AxiosResponse } from 'axios';
import { describe, expect, it } from '@jest/globals';
import type { Learning360User } from '../../../src/testing/index.js';
import { askLearning360, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const learning360 = useSandbox('learning360');

async function signIn(extra?: object) {
  const { data } = await askLearning360(learning360, extra);
  return {
    headers: { authorization: `Bearer ${String(data.access_token)}`, '360-api-version': 'v2.0' },
  };
}
const url = (path: string) => `${learning360.url}/api/v2${path}`;

describe("360Learning's token endpoint", () => {
  it('writes the life as a string', async () => {
    const { status, data } = await askLearning360(learning360);

    expect([status, data]).toEqual([
      200,
      { token_type: 'Bearer', access_token: learning360.issuedTokens[0], expires_in: '3600' },
    ]);
  });

  it.each([
    ['an unknown property', { scope: 'users:read' }],
    ['a property of the wrong type', { client_secret: 1 }],
    ['a user id that is none', { user_id: 'ada' }],
    ['a company id that is none', { company_id: 'acme' }],
    ['a missing property', { grant_type: undefined }],
  ])('answers %s with invalid_request', async (_what, extra) => {
    const { status, data } = await askLearning360(learning360, extra);

    expect([status, data]).toEqual([400, { error: 'invalid_request' }]);
  });

  it.each([
    ['a doubled property', (body: string) => body.replace('{', '{"client_id":"twice",')],
    ['a form', () => 'grant_type=client_credentials'],
  ])('answers %s with invalid_request', async (_what, change) => {
    const { clientId, clientSecret } = learning360.credentials;
    const body = JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    const { status, data } = await http.post(learning360.tokenUrl, change(body), {
      headers: { 'content-type': 'application/json' },
    });

    expect([status, data]).toEqual([400, { error: 'invalid_request' }]);
  });

  it.each([
    [400, 'unsupported_grant_type', { grant_type: 'password' }],
    [400, 'non_existing_user', { user_id: 'f'.repeat(24) }],
    [401, 'invalid_client', { client_secret: 'wrong' }],
  ])('answers %d %s', async (expected, error, extra) => {
    const { status, data } = await askLearning360(learning360, extra);

    expect([status, data]).toEqual([expected, { error }]);
  });
});

describe("360Learning's API", () => {
  it.each(['missing', 'expired'])('answers a %s token with one code', async (state) => {
    const auth = await signIn();
    learning360.expireTokens();

    const { status, data } = await http.get(url('/users'), state === 'missing' ? {} : auth);

    expect([status, data]).toEqual([401, { error: 'invalid_token' }]);
  });

  it('wants the version header on every call', async () => {
    const { headers } = await signIn();
    const { status } = await http.get(url('/users'), {
      headers: { authorization: headers.authorization },
    });

    expect(status).toBe(400);
  });

  it('pages users by absolute links that carry the filter', async () => {
    const auth = await signIn();
    learning360.addUsers(4);
    await http.post(
      url('/users'),
      { mail: 'new@example.invalid', membership: { groupId: 'b'.repeat(24), role: 'learner' } },
      auth,
    );
    learning360.pageBy(3);

    const nextOf = ({ headers }: AxiosResponse) =>
      /^<(.+)>; rel="next"$/.exec(String(headers.link))?.[1] ?? '';
    const first = await http.get<Learning360User[]>(url('/users?status[eq]=active'), auth);
    const second = await http.get<Learning360User[]>(nextOf(first), auth);
    const third = await http.get<Learning360User[]>(nextOf(second), auth);

    const pages = [first, second, third].map(({ data }) => data);
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(pages.flat().every(({ status }) => status === 'active')).toBe(true);
    expect(nextOf(first)).toMatch(`${url('/users')}?next=`);
    expect(third.headers).not.toHaveProperty('link');
  });

  it('puts 500 users on a page', async () => {
    learning360.addUsers(498);
    const { data, headers } = await http.get(url('/users'), await signIn());

    expect(data).toHaveLength(500);
    expect(headers.link).toContain('rel="next"');
  });

  it('finds users by mail and by id', async () => {
    const auth = await signIn();
    const byMail = await http.get(url('/users?mail[eq]=user-2@example.invalid'), auth);
    const byId = await http.get(url(`/users/${learning360.userId}`), auth);
    const none = await http.get(url(`/users/${'f'.repeat(24)}`), auth);

    expect(byMail.data).toMatchObject([{ mail: 'user-2@example.invalid' }]);
    expect(byId.data).toMatchObject({ _id: learning360.userId, status: 'active', lang: 'en' });
    expect([none.status, none.data.error.code]).toEqual([404, 'userNotFound']);
  });

  it('creates users with 201 and says what is wrong with others', async () => {
    const auth = await signIn();
    const membership = { groupId: 'b'.repeat(24), role: 'learner' };
    const create = (body: object) => http.post(url('/users'), body, auth);

    const created = await create({ mail: 'ada@example.invalid', firstName: 'Ada', membership });
    const again = await create({ mail: 'ada@example.invalid', membership });
    const nameless = await create({ membership });
    const homeless = await create({ username: 'ada' });

    expect([created.status, created.data]).toEqual([201, learning360.users.at(-1)]);
    expect(created.data).toMatchObject({ firstName: 'Ada', status: 'invited' });
    expect([again, nameless, homeless].map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(again.data.error.code).toBe('mailAlreadyUsed');
    expect(nameless.data.error.code).toBe('mailAndUsernameUndefined');
  });

  it('knows "me" only by a token that was asked for with a user', async () => {
    const me = async (auth: object) => http.get(url('/uaa/users/me'), auth);

    const nobody = await me(await signIn());
    const somebody = await me(
      await signIn({ user_id: learning360.userId, company_id: learning360.companyId }),
    );

    expect([nobody.status, nobody.data.error.code]).toEqual([403, 'userNotAuthorized']);
    expect(somebody.data._id).toBe(learning360.userId);
  });

  it('lists and gives courses', async () => {
    const auth = await signIn();
    const list = await http.get(url('/courses'), auth);
    const one = await http.get(url(`/courses/${String(list.data[0]._id)}`), auth);
    const none = await http.get(url('/courses/none'), auth);

    expect(list.data).toHaveLength(2);
    expect(one.data).toEqual(list.data[0]);
    expect([none.status, none.data.error.code]).toEqual([404, 'courseNotFound']);
  });
});
