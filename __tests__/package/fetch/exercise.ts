/*
 * An app of the user, which does one of each with the built `axios-bearer/fetch`, in any runtime. It imports nothing of Node.
 */
import { createBearerFetch, defineProvider, whyNotReplayed } from '../../../src/fetch/index.js';

/** Where the app finds its server, and what its runtime cannot do. */
export interface Surroundings {
  readonly url: string;
  readonly foreignUrl: string;
  /** Chromium sends streams over HTTP/2 only. */
  readonly sendsStreams: boolean;
}

const text = new TextEncoder();

function form(): FormData {
  const it = new FormData();
  it.append('a', '1\n2');
  it.append('file', new File(['ä'], 'ä.txt', { type: 'text/plain' }));
  return it;
}

const bodies = {
  string: () => 'ä',
  bytes: () => text.encode('bytes'),
  params: () => new URLSearchParams({ a: '1 2' }),
  blob: () => new Blob(['blob'], { type: 'text/csv' }),
  form,
} satisfies Record<string, () => BodyInit>;

/** Runs everything, and tells what came of it. */
export async function exercise({ url, foreignUrl, sendsStreams }: Surroundings): Promise<object> {
  const provider = defineProvider({
    name: 'acme',
    baseURL: url,
    credentials: { key: 'acme-key' },
    credentialFields: { key: { secret: true } },
    tokenRequest: ({ key }) => ({ url: '/token', body: { json: { key } } }),
    parseToken: ({ body }) => ({ accessToken: (body as { token: string }).token }),
  });
  const api = createBearerFetch(provider);
  const revoke = () => fetch(`${url}/revoke`, { method: 'POST' });
  const statusOf = async (response: Promise<Response>) => (await response).status;
  const found: Record<string, unknown> = {};

  found['ten at once'] = await Promise.all(
    Array.from({ length: 10 }, () => statusOf(api(`${url}/cold`))),
  );
  for (const [name, body] of Object.entries(bodies)) {
    const path = `${url}/body/${name}`;
    await revoke();
    found[name] = await statusOf(api(path, { method: 'POST', body: body() }));
    await revoke();
    found[`${name} in a Request`] = await statusOf(
      api(new Request(path, { method: 'POST', body: body() })),
    );
  }
  if (sendsStreams) {
    await revoke();
    const init = { method: 'POST', body: new Blob(['stream']).stream(), duplex: 'half' };
    const response = await api(`${url}/stream`, init);
    found['a stream'] = [response.status, whyNotReplayed(response)];
  }
  const always = await api(`${url}/always-401`);
  found['a second 401'] = [always.status, whyNotReplayed(always), await always.text()];

  const abort = new AbortController();
  api.source.clear();
  const other = api(`${url}/aborted`);
  const aborted = api(new Request(`${url}/aborted`, { signal: abort.signal }));
  abort.abort(new Error('enough'));
  found['an abort'] = [
    await aborted.catch((error: unknown) => String(error)),
    await statusOf(other),
  ];

  found['a foreign URL'] = await statusOf(api(`${foreignUrl}/direct`));
  found['a foreign redirect'] = await statusOf(
    api(`${url}/redirect?to=${encodeURIComponent(`${foreignUrl}/redirected`)}`),
  );
  return found;
}
