import { beforeEach, expect, test } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import type { CreateAxiosDefaults } from 'axios';
import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  createProviderClient,
  defineProvider,
  isBearerError,
  type Provider,
} from '../../src/index.js';
import { inCookie } from '../../src/providers/index.js';
import { serve } from '../setup/loopback-server.js';

/*
 * The shapes of token calls that APIs have besides that of RFC 6749, each as a small definition, over real HTTP. The server knows one
 * good token at a time, and each of its ways to get one makes another.
 */

let baseURL: string;
let serial: number;
let isGood: (request: IncomingMessage, token: string) => boolean;
let calls: string[];

const WAYS: Readonly<Record<string, (response: ServerResponse, request: IncomingMessage) => void>> =
  {
    'POST /ticket': (response) => {
      response.setHeader('content-type', 'application/json');
      response.end(`{"ticket":"ticket-${serial}"}`);
    },
    'POST /session': (response, request) => {
      const isValid = request.headers['x-ticket'] === `ticket-${serial}`;
      response.statusCode = isValid ? 200 : 403;
      response.setHeader('content-type', 'application/json');
      response.end(isValid ? `{"token":"token-${++serial}","ttl":600}` : '{}');
    },
    'POST /session.txt': (response) => {
      response.setHeader('content-type', 'text/plain');
      response.end(`token-${++serial}\n`);
    },
    'POST /session.xml': (response) => {
      response.setHeader('content-type', 'application/xml');
      response.end(
        `<?xml version="1.0"?><session><token>token-${++serial}</token><seconds>600</seconds></session>`,
      );
    },
    'POST /empty.xml': (response) => {
      response.setHeader('content-type', 'application/xml');
      response.end('<session><fault>no such user</fault></session>');
    },
    'POST /login': (response) => {
      response.statusCode = 204;
      response.setHeader('set-cookie', [
        'lang=en; Path=/',
        `sid=token-${++serial}; HttpOnly; Path=/`,
      ]);
      response.end();
    },
  };

beforeEach(async () => {
  serial = 0;
  calls = [];
  isGood = ({ headers }, token) => headers.authorization === `Bearer ${token}`;
  baseURL = await serve((request, response) => {
    const way = `${request.method} ${request.url}`;
    if (way in WAYS) {
      calls.push(way);
      WAYS[way]!(response, request);
      return;
    }
    response.statusCode = isGood(request, `token-${serial}`) ? 200 : 401;
    response.end();
  });
});

const common = () => ({
  name: 'acme',
  baseURL,
  credentials: { user: 'erp', password: 'a-password' },
  credentialFields: { user: {}, password: { secret: true } },
});

/** The status of a first request, and of one after the server has forgotten the token. */
async function statusesWith(provider: Provider, config: CreateAxiosDefaults = {}) {
  const http = createProviderClient(provider, config);
  const first = await http.get('/things');
  serial += 1;
  const healed = await http.get('/things');
  return [first.status, healed.status];
}

test('chained calls: the second needs what the first brought, and a new token takes both again', async () => {
  const provider = defineProvider({
    ...common(),
    tokenRequest: async ({ user, password }, _params, { send }) => {
      const { body } = await send({ url: '/ticket', body: { json: { user, password } } });
      const { ticket } = body as { ticket: string };
      return { url: '/session', headers: { 'X-Ticket': ticket } };
    },
    parseToken: ({ body }) => {
      const { token, ttl } = body as Record<string, unknown>;
      return { accessToken: token, expiresInSeconds: ttl };
    },
  });

  expect(await statusesWith(provider)).toEqual([200, 200]);
  expect(calls).toEqual(['POST /ticket', 'POST /session', 'POST /ticket', 'POST /session']);
});

test('a bare-text answer: the body is the token', async () => {
  const provider = defineProvider({
    ...common(),
    tokenRequest: (credentials) => ({ url: '/session.txt', body: { form: credentials } }),
    parseToken: ({ text }) => ({ accessToken: text.trim() }),
  });

  expect(await statusesWith(provider)).toEqual([200, 200]);
  expect(calls).toEqual(['POST /session.txt', 'POST /session.txt']);
});

const xml = new XMLParser({ parseTagValue: false });

test('XML: a parser of your choice reads the text', async () => {
  const provider = defineProvider({
    ...common(),
    tokenRequest: (credentials) => ({ url: '/session.xml', body: { form: credentials } }),
    parseToken: ({ text }) => {
      const { session } = xml.parse(text) as { session?: { token?: string; seconds?: string } };
      return { accessToken: session?.token, expiresInSeconds: session?.seconds };
    },
  });

  expect(await statusesWith(provider)).toEqual([200, 200]);
  expect(calls).toEqual(['POST /session.xml', 'POST /session.xml']);
});

test('XML without a token is a malformed answer, which is not shown', async () => {
  const provider = defineProvider({
    ...common(),
    tokenRequest: (credentials) => ({ url: '/empty.xml', body: { form: credentials } }),
    parseToken: ({ text }) => {
      const { session } = xml.parse(text) as { session?: { token?: string } };
      return { accessToken: session?.token };
    },
  });

  const error: unknown = await createProviderClient(provider, {}, { maxAttempts: 1 })
    .get('/things')
    .catch((thrown: unknown) => thrown);

  expect(isBearerError(error, 'ERR_TOKEN_RESPONSE_MALFORMED')).toBe(true);
  expect(String(error)).toContain('the body is not JSON');
  expect(String(error)).not.toContain('no such user');
});

test('a cookie: the login has no body, its cookie is the token, and requests carry it as a cookie', async () => {
  isGood = ({ headers }, token) =>
    headers.cookie === `sid=${token}; lang=en` && headers.authorization === undefined;
  const provider = defineProvider({
    ...common(),
    tokenPlacement: inCookie('sid'),
    tokenRequest: (credentials) => ({ url: '/login', body: { form: credentials } }),
    parseToken: ({ setCookies }) => ({
      accessToken: setCookies.join('\n').match(/^sid=([^;\s]+)/m)?.[1],
    }),
  });

  expect(await statusesWith(provider, { headers: { Cookie: 'lang=en' } })).toEqual([200, 200]);
  expect(calls).toEqual(['POST /login', 'POST /login']);
});
