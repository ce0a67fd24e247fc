import { lookup } from 'node:dns/promises';
import { connect as connectTCP, isIP, type Socket } from 'node:net';
import { connect as connectTLS, type TLSSocket } from 'node:tls';

import type { Certificate, Connection, Lookup } from './findings.js';

/** Asks this machine's resolver, as the token call will. */
export async function probeDNS(hostname: string): Promise<Lookup> {
  if (isIP(bare(hostname)) !== 0) return { kind: 'needless' };
  try {
    const found = await lookup(hostname, { all: true });
    return { kind: 'resolved', addresses: found.map(({ address }) => address) };
  } catch (error) {
    return { kind: 'failed', code: codeOf(error) };
  }
}

/** Opens a connection and inspects it, without sending anything. */
export function probeConnection(origin: string, timeoutMs: number): Promise<Connection> {
  const { protocol, hostname, port } = new URL(origin);
  const isSecure = protocol === 'https:';
  const host = bare(hostname);
  const target = { host, port: port === '' ? (isSecure ? 443 : 80) : Number(port) };
  return new Promise((resolve) => {
    let isReached = false;
    const socket: Socket | TLSSocket = isSecure
      ? connectTLS({
          ...target,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          // We want to look at an untrusted certificate, and nothing is sent.
          rejectUnauthorized: false,
        })
      : connectTCP(target);
    const end = (connection: Connection) => {
      socket.destroy();
      resolve(connection);
    };
    socket.setTimeout(timeoutMs, () => end({ kind: 'unreachable', code: 'ETIMEDOUT' }));
    socket.on('error', (error) =>
      end({ kind: isReached ? 'insecure' : 'unreachable', code: codeOf(error) }),
    );
    socket.on('connect', () => {
      isReached = true;
      if (!isSecure) end({ kind: 'plain' });
    });
    socket.on('secureConnect', () => end(judged(socket as TLSSocket)));
  });
}

function judged(socket: TLSSocket): Connection {
  const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
  const names = [issuer.O, issuer.CN, subject.CN].filter((name) => name !== undefined);
  const certificate: Certificate = { issuer: [names[0]].flat().join(', '), validTo };
  return socket.authorized
    ? { kind: 'secure', protocol: socket.getProtocol() ?? 'TLS', certificate }
    : { kind: 'insecure', code: String(socket.authorizationError), certificate };
}

/** Without the brackets that an IPv6 address has in a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? error);
}
