/*
 * Reads every user and course of 360Learning, page after page.
 *
 *   node examples/run.mjs learning360-users
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { isAxiosError, type AxiosResponse } from 'axios';
import { createProviderClient } from 'axios-bearer';
import { learning360 } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

interface User {
  _id: string;
  status: 'active' | 'invited' | 'deleted';
  mail?: string;
}
interface Course {
  _id: string;
  name: string;
}

const sandbox = await startSandbox({ only: ['learning360'] });
sandbox.learning360.addUsers(1100);
const { credentials, url } = sandbox.learning360;

const http = createProviderClient(learning360({ ...credentials, baseURL: url }), {
  // Required on every call but the token's.
  headers: { '360-api-version': 'v2.0' },
});

/** The next page is in the Link header, with the filters in its URL. It has the same origin, so it gets the token. */
async function* pages<Item>(first: string, filters?: Record<string, string>) {
  let next: string | undefined = first;
  let params = filters;
  while (next !== undefined) {
    const { data, headers }: AxiosResponse<Item[]> = await http.get(next, params && { params });
    yield data;
    next = /<([^>]+)>; *rel="next"/.exec(String(headers.link ?? ''))?.[1];
    params = undefined;
  }
}

let users = 0;
let readPages = 0;
for await (const page of pages<User>('/api/v2/users', { 'status[eq]': 'active' })) {
  users += page.length;
  readPages += 1;
  // The next page meets a token that is no longer good.
  if (readPages === 1) sandbox.learning360.revokeTokens();
}
console.log(`${users} active users on ${readPages} pages`);

for await (const page of pages<Course>('/api/v2/courses')) {
  console.log(`courses: ${page.map(({ name }) => name).join(', ')}`);
}

try {
  await http.get('/api/v2/users/ffffffffffffffffffffffff');
} catch (error) {
  // `error` is an object here, and a plain string for 401 and 429.
  if (!isAxiosError<{ error: string | { code: string } }>(error)) throw error;
  const told = error.response?.data.error;
  console.log(`an unknown user: ${typeof told === 'string' ? told : told?.code}`);
}

console.log(`${sandbox.learning360.tokenCalls} token calls`);
await sandbox.close();
