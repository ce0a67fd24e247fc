import PackageFormData from 'form-data';
import { Readable } from 'node:stream';

import type { Incapacity, PeerRequest } from '../peers/peer.js';
import { outcomeOf, within, type Scenario, type Stage } from './scenario.js';

type Body = Pick<PeerRequest, 'data' | 'headers'>;

interface Kind {
  readonly name: string;
  readonly body: () => Body;
  readonly needs?: Incapacity;
  /** It can be read only once: the correct outcome is the 401, unless the bytes were kept. */
  readonly once?: true;
}

const KINDS: readonly Kind[] = [
  { name: 'JSON', body: () => ({ data: { a: 1, b: ['x'] } }) },
  { name: 'form', body: () => ({ data: new URLSearchParams({ a: '1', b: 'x y' }) }) },
  {
    name: 'bytes',
    body: () => ({
      data: Buffer.from([1, 2, 0, 255]),
      headers: { 'content-type': 'application/octet-stream' },
    }),
  },
  {
    name: 'FormData',
    body: () => {
      const data = new FormData();
      data.append('a', '1');
      return { data };
    },
  },
  {
    name: 'stream',
    once: true,
    body: () => ({
      data: Readable.from([Buffer.from('hel'), Buffer.from('lo')]),
      headers: { 'content-type': 'text/plain' },
    }),
  },
  {
    name: 'form-data package',
    needs: 'form-data package',
    once: true,
    body: () => {
      const data = new PackageFormData();
      data.append('a', '1');
      return { data, headers: data.getHeaders() };
    },
  },
];

export const bodyKinds: Scenario = {
  id: 'body-kinds',
  title: 'Bodies of replays',
  about:
    'A POST that draws a 401, with each kind of body: JSON, form, bytes, `FormData`, a stream, the form-data package, JSON through a `transformRequest` of the user. Good: the replay carries the same bytes, or, where they can be read only once, the caller gets the 401.',
  async run(stage) {
    const lacks = stage.peer.lacks ?? [];
    const wrong: string[] = [];
    let tried = 0;
    for (const kind of KINDS) {
      if (kind.needs !== undefined && lacks.includes(kind.needs)) continue;
      tried += 1;
      if (!(await isFaithful(stage, kind))) wrong.push(kind.name);
    }
    if (stage.client.axios !== undefined) {
      tried += 1;
      const transform = [(data: unknown) => `enc(${JSON.stringify(data)})`];
      if (!(await isFaithful(stage, { name: '', body: () => ({ data: { a: 1 } }) }, transform)))
        wrong.push('transformRequest');
    }
    return {
      text: `${tried - wrong.length} of ${tried}${wrong.length === 0 ? '' : `; not ${wrong.join(', ')}`}`,
      isGood: wrong.length === 0,
    };
  },
};

async function isFaithful(
  { peer, server, setup }: Stage,
  kind: Kind,
  transformRequest?: ((data: unknown) => string)[],
): Promise<boolean> {
  const client = peer.create(setup);
  await client.get('/__sandbox/echo');
  if (transformRequest !== undefined && client.axios !== undefined)
    client.axios.defaults.transformRequest = transformRequest;
  server.revokeTokens();
  const before = server.requests.length;
  const sent = client.send({ url: '/__sandbox/echo', method: 'POST', ...kind.body() });
  const status = await within(outcomeOf(sent), 3_000);
  client.close?.();
  const sends = server.requests.slice(before).map(contentOf);
  if (kind.once === true && status === 401) return sends.length === 1;
  return status === 200 && sends.length === 2 && sends[0] === sends[1];
}

/** The bytes; a multipart boundary may be a new one. */
function contentOf({
  body,
  headers,
}: {
  body: Buffer;
  headers: { 'content-type'?: string | undefined };
}): string {
  const type = headers['content-type'] ?? '';
  const boundary = /boundary=(.+)$/.exec(type)?.[1];
  const text = `${type}\n${body.toString('latin1')}`;
  return boundary === undefined ? text : text.replaceAll(boundary, 'boundary');
}
