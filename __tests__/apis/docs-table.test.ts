import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { createExotelApi, createExotelV4Api } from '../../src/apis/exotel/index.js';
import { createTruecallerApi, createTruecallerCallsApi } from '../../src/apis/truecaller/index.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const page = readFileSync(at('../../docs/wrapped-apis.md'), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| `'));
const [exotel, truecaller] = page.split('\n## Truecaller\n');

const functionsOf = (api: object) =>
  Object.entries(api).flatMap(([group, members]) =>
    Object.keys(members as object).map((name) => `${group}.${name}`),
  );

describe('the table of wrapped endpoints', () => {
  const instance = axios.create({ baseURL: 'http://localhost' });
  it.each([
    ['Exotel', createExotelApi(instance, { accountSid: 'acme' }), exotel],
    [
      'Exotel v4',
      createExotelV4Api(instance, { accountSid: 'acme' }),
      exotel?.split('### Contact Center v4')[1],
    ],
    ['Truecaller', createTruecallerApi(instance, { organisationId: 'org' }), truecaller],
    [
      'Truecaller for Business calls',
      createTruecallerCallsApi(instance, { clientAccountId: 'account' }),
      truecaller?.split('## Truecaller for Business calls')[1],
    ],
  ])('lists every function of %s', (_, api, section) => {
    const names = functionsOf(api);
    expect(names.filter((name) => !section?.includes(`\`${name}\``))).toEqual([]);
    expect(names).not.toEqual([]);
  });

  it('says for every endpoint either a function or why there is none', () => {
    const endpoints = rows.filter((row) => /^\| `(GET|POST|PUT|DELETE)/.test(row));
    const silent = endpoints.filter((row) => !/^\|[^|]+\| (`|no: )/.test(row));
    expect(silent).toEqual([]);
    expect(endpoints.length).toBeGreaterThan(40);
  });

  it('names tests that exist', () => {
    const named = [
      ...page.matchAll(
        /\| (bearer|basic|Basic, `tenantBasic`|bearer by default) \| ([\w, -]+) \|/g,
      ),
    ].flatMap(([, , files = '']) => files.split(', '));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((file) => !existsSync(at(`exotel/${file}.test.ts`)))).toEqual([]);
  });
});
