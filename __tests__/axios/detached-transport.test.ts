import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { resolve } from 'node:path';

import { detachedTransport } from '../../src/axios/detached-transport.js';

const FIXTURES = resolve(import.meta.dirname, '../cli/fixtures');
const certificate = {
  key: readFileSync(`${FIXTURES}/self-signed-key.pem`),
  cert: readFileSync(`${FIXTURES}/self-signed-cert.pem`),
};

const answer: http.RequestListener = (_, response) => void response.end();
const plain = http.createServer(answer);
const secure = https.createServer(certificate, answer);
beforeAll(() =>
  Promise.all([plain, secure].map((server) => once(server.listen(0, '127.0.0.1'), 'listening'))),
);
afterAll(() => {
  plain.close();
  secure.close();
});

const portOf = (server: http.Server) => (server.address() as AddressInfo).port;

/** Sends one request, and tells whether its socket kept the process alive when it was sent. */
async function send(options: http.RequestOptions = {}) {
  const server = options.protocol === 'https:' ? secure : plain;
  let keepsAlive: boolean | undefined;
  const status = await new Promise<unknown>((answered, failed) => {
    const request = detachedTransport()!.request(
      { host: '127.0.0.1', port: portOf(server), ...options } as object,
      (response) => {
        (response as http.IncomingMessage).resume();
        answered((response as http.IncomingMessage).statusCode);
      },
    ) as unknown as Pick<http.ClientRequest, 'on' | 'once' | 'end'>;
    request.on('error', failed);
    request.once('socket', (socket) => (keepsAlive = isReferenced(socket)));
    request.end();
  });
  return { status, keepsAlive };
}

/** Node has no public way to ask; of TLS, none at all. */
function isReferenced(socket: Socket): boolean | undefined {
  const { _handle } = socket as unknown as { _handle: { hasRef?(): boolean } };
  return _handle.hasRef?.();
}

describe('a socket does not keep the process alive', () => {
  test.each<[string, http.RequestOptions]>([
    ['of the agent that everyone shares', {}],
    ['of an agent without limits', { agent: new http.Agent() }],
    ['of no agent', { agent: false }],
    [
      'of a foreign agent, whose limits mean nothing',
      {
        agent: {
          maxSockets: 1,
          maxTotalSockets: 1,
          addRequest: (request: { onSocket(socket: Socket): void }) =>
            request.onSocket(connect(portOf(plain), '127.0.0.1')),
        } as unknown as http.Agent,
      },
    ],
  ])('%s', async (_, options) => {
    expect(await send(options)).toEqual({ status: 200, keepsAlive: false });
  });

  test('of TLS', async () => {
    const options: https.RequestOptions = { protocol: 'https:', rejectUnauthorized: false };
    expect(await send(options)).toMatchObject({ status: 200 });
  });
});

test.each([{ maxSockets: 1 }, { maxTotalSockets: 1 }])(
  'a socket that the app’s own requests may be waiting for keeps it alive: %j',
  async (limits) => {
    const agent = new http.Agent(limits);
    expect(await send({ agent })).toEqual({ status: 200, keepsAlive: true });
    agent.destroy();
  },
);

describe('there is none outside of Node', () => {
  afterEach(() => void jest.restoreAllMocks());

  test.each(['node:http', 'node:https'])('without %s', (missing) => {
    const getBuiltinModule = process.getBuiltinModule.bind(process);
    jest
      .spyOn(process, 'getBuiltinModule')
      .mockImplementation((id: string) => (id === missing ? undefined : getBuiltinModule(id)));
    expect(detachedTransport()).toBeUndefined();
  });
});
