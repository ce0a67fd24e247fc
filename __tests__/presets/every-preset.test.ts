import { describe, expect, it, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';

import { createProviderClient } from '../../src/index.js';
import * as presets from '../../src/presets/index.js';
import { createFakeTokenEndpoint, type FakeTokenEndpoint } from '../../src/testing/index.js';
import { json, serve } from '../setup/loopback-server.js';
import { judge, misconfiguration, refusalOf, requestOf } from '../providers/conversation.js';
import { conversations, type Conversation } from './conversations.js';

const SOURCE = new URL('../../src/presets/', import.meta.url);
const NOT_PRESETS = ['README.md', 'index.ts', 'define-preset.ts', 'signed-assertion.ts'];
/** Their requests differ from call to call: signed.test.ts. */
const SIGNED = { docusign: 'docusign.ts', googleServiceAccount: 'google-service-account.ts' };

test('every preset has a conversation, and every file one that is exported', () => {
  const files = readdirSync(SOURCE).filter((file) => !NOT_PRESETS.includes(file));

  const told = [...conversations.map(({ file }) => `${file}.ts`), ...Object.values(SIGNED)];

  expect(told.sort()).toEqual(files);
  const names = [...conversations.map(({ name }) => name), ...Object.keys(SIGNED)];
  expect(names.sort()).toEqual(Object.keys(presets).sort());
});

const bodyOf = ({ form, json }: Conversation['request']) => form ?? (json && JSON.stringify(json));

const answerOf = ({ answer }: Conversation, token: string) => ({ ...answer, access_token: token });

/** The API of the provider: it takes the tokens that the endpoint calls live. Returns its base URL. */
function openApi(endpoint: FakeTokenEndpoint, { rejection }: Conversation): Promise<string> {
  const { status, body } = rejection ?? { status: 401, body: {} };
  return serve((request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (endpoint.tokenState(token) === 'live') json(response, 200, { success: true });
    else json(response, status, body);
  });
}

describe.each(conversations)('$name', (conversation) => {
  const { name, file, create, options, optional = [], request, lives } = conversation;

  it('is named as it is exported, and says which page was read, and when', () => {
    const provider = create(options);
    const opening = readFileSync(new URL(`${file}.ts`, SOURCE), 'utf8').split('*/')[0]!;

    expect(provider.name).toBe(name);
    expect(provider.documentation?.url).toMatch(/^https:\/\//);
    expect(opening.replaceAll(/\s*\n \* /g, ' ')).toContain(
      `read ${provider.documentation!.checkedOn} in`,
    );
  });

  it('sends the documented token request', async () => {
    const { method, url, headers, data } = await requestOf(create(options));

    expect({ method, url, data }).toEqual({
      method: request.method ?? 'POST',
      url: request.url,
      data: bodyOf(request),
    });
    expect(headers).toEqual({
      Accept: 'application/json',
      ...(request.form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...(request.json && { 'Content-Type': 'application/json' }),
      ...(request.authorization && { Authorization: request.authorization }),
      ...request.headers,
    });
  });

  it('reads token and lifetime from the documented answer', async () => {
    expect(await judge(create(options), 200, answerOf(conversation, 'a-token'))).toEqual({
      token: 'a-token',
      seconds: lives,
    });
  });

  it('gets a token over HTTP, and another once the API rejects it', async () => {
    await using endpoint = createFakeTokenEndpoint({
      toBody: ({ token }) => answerOf(conversation, token),
    });
    const tokenUrl = await endpoint.listen();
    const baseURL = await openApi(endpoint, conversation);
    const http = createProviderClient(create({ ...options, baseURL, tokenUrl }));

    expect((await http.get('/things')).data).toEqual({ success: true });
    endpoint.revokeTokens();
    expect((await http.get('/things')).data).toEqual({ success: true });
    expect(endpoint.calls).toHaveLength(2);
    const { method, headers, body, url } = endpoint.lastCall;
    expect({ method, body, authorization: headers['authorization'] }).toEqual({
      method: request.method ?? 'POST',
      body: bodyOf(request) ?? '',
      authorization: request.authorization,
    });
    expect(new URL(url).search).toBe(new URL(request.url).search);
  });

  it('names each option that it needs when that one is missing', () => {
    const needed = Object.keys(options).filter((option) => !optional.includes(option));
    const missed = needed.map((option) => {
      const error = misconfiguration(() => create({ ...options, [option]: undefined }));
      return { provider: error.provider, option: error.option };
    });

    expect(missed).toEqual(needed.map((option) => ({ provider: name, option })));
  });
});

const refusals = conversations.flatMap(({ refusal, ...rest }) =>
  refusal === undefined ? [] : [{ ...rest, ...refusal }],
);

test.each(refusals)(
  '$name: the documented refusal with status $status is understood',
  async ({ create, options, status, body, becomes, diagnosis }) => {
    const error = await refusalOf(create(options), status, body);

    expect(error.code).toBe(becomes);
    expect(error.diagnosis).toEqual(diagnosis);
  },
);
