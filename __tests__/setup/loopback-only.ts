/*
 * For every test file: nothing is connected to but this machine. A test that brings its own `lookup` says itself where a name leads.
 * What answers for other hosts is in `nock.ts`, for those that need it: each request through nock costs several times as much.
 */
import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import { Socket, type TcpNetConnectOpts } from 'node:net';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const connect = Reflect.get(Socket.prototype, 'connect') as (
  this: Socket,
  ...args: unknown[]
) => Socket;

beforeAll(() => {
  Socket.prototype.connect = connectToThisMachine;
});
afterEach(() => {
  jest.useRealTimers();
});
// The prototype is that of the whole process, the next test file's too.
afterAll(() => {
  Socket.prototype.connect = connect;
});

function connectToThisMachine(this: Socket, ...args: unknown[]): Socket {
  const options = optionsOf(args);
  const { host = 'localhost', lookup } = options;
  if (LOOPBACK.includes(host) || lookup !== undefined) return connect.apply(this, args);
  const problem = new Error(`A test would have connected to ${host}`);
  const refused: TcpNetConnectOpts = {
    port: 1,
    ...options,
    host: 'refused.invalid', // An address would not be looked up.
    lookup: (_name, _options, found) => found(Object.assign(problem, { code: 'ENETUNREACH' }), ''),
  };
  return connect.call(this, refused);
}

/** @param args - of `connect`: options, a path, a port and a host, or all of these as `net.connect` hands them on */
function optionsOf([first, second]: unknown[]): Partial<TcpNetConnectOpts> {
  if (Array.isArray(first)) return optionsOf(first as unknown[]);
  if (typeof first === 'object' && first !== null) return first;
  return typeof second === 'string' ? { host: second } : {};
}
