import { describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

describe('a test reaches no other machine', () => {
  test.each(['https://api.example.com/', 'http://192.0.2.1/', 'http://[2001:db8::1]/'])(
    '%s, with axios or with fetch',
    async (url) => {
      const problem = expect.stringContaining('A test would have connected to ') as unknown;
      await expect(axios.get(url)).rejects.toMatchObject({ message: problem });
      await expect(fetch(url)).rejects.toMatchObject({ cause: { message: problem } });
    },
  );

  test('and every server of this one', async () => {
    const server = createServer((_request, response) => response.end('here'));
    await once(server.listen(0, 'localhost'), 'listening');
    const { port } = server.address() as AddressInfo;
    expect((await axios.get(`http://localhost:${port}`)).data).toBe('here');
    const sockets = [connect(port), connect(port, 'localhost'), connect({ port })];
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.destroy();
    server.close();
    server.closeAllConnections();
  });
});
