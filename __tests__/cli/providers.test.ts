import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { isBearerError } from '../../src/index.js';
import { CATALOGUE, described } from '../../src/cli/provider-catalogue.js';
import { PROVIDER_NAMES } from '../../src/cli/provider-names.js';
import { buildCli, type BuiltCli } from './cli-process.js';

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

interface Listed {
  readonly name: string;
  readonly credentials: { field: string; variable: string; secret: boolean }[];
  readonly settings: { option: string; variable: string; values?: string[]; default?: string }[];
  readonly addresses: { where?: string; url: string }[];
  readonly documentation: { url: string; checkedOn: string };
}

async function listed(): Promise<Listed[]> {
  const { stdout } = await cli.run(['providers', '--json']);
  return JSON.parse(stdout) as Listed[];
}

describe('axios-bearer providers', () => {
  test('lists every provider with the variables of its credentials and settings', async () => {
    const all = await listed();
    expect(all.map(({ name }) => name)).toEqual([...PROVIDER_NAMES]);
    const exotel = all[0]!;
    expect(exotel.credentials.map(({ variable, secret }) => [variable, secret])).toEqual([
      ['EXOTEL_ACCOUNT_SID', false],
      ['EXOTEL_API_KEY', true],
      ['EXOTEL_API_TOKEN', true],
    ]);
    expect(exotel.settings.map(({ variable }) => variable)).toEqual([
      'EXOTEL_REGION',
      'EXOTEL_BASE_URL',
    ]);
    expect(exotel.addresses).toEqual([
      { where: 'singapore', url: 'https://ccm-api.exotel.com' },
      { where: 'mumbai', url: 'https://ccm-api.in.exotel.com' },
    ]);
  });

  test('says where each is documented and when that was checked', async () => {
    for (const { documentation } of await listed()) {
      expect(documentation.url).toMatch(/^https:\/\//);
      expect(documentation.checkedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  test('prints one provider alone, as text', async () => {
    const { code, stdout, stderr } = await cli.run(['providers', 'truecaller']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('TRUECALLER_KEY_ID');
    expect(stdout).toContain('at most 10 tokens per 30 min');
    expect(stdout).not.toContain('EXOTEL');
  });
});

describe('the catalogue agrees with the providers:', () => {
  const errorOf = (create: () => unknown): unknown => {
    try {
      create();
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test.each(PROVIDER_NAMES)('%s names each credential that is missing', (name) => {
    const fields = Object.keys(described(name).credentialFields);
    expect(fields.length).toBeGreaterThan(1);
    const required = Object.fromEntries(
      CATALOGUE[name].settings
        .filter(({ isRequired }) => isRequired)
        .map(({ option }) => [option, 'https://a.example']),
    );
    for (const missing of fields) {
      const others = fields.filter((field) => field !== missing);
      const given = Object.fromEntries(others.map((field) => [field, 'given']));
      const error = errorOf(() => CATALOGUE[name].create({ ...required, ...given } as never));
      expect(isBearerError(error, 'ERR_BEARER_MISCONFIGURED') && error).toMatchObject({
        option: missing,
      });
    }
  });

  test.each(
    PROVIDER_NAMES.flatMap((name) =>
      CATALOGUE[name].settings
        .filter(({ option }) => option === 'region' || option === 'environment')
        .map((setting) => ({ name, ...setting })),
    ),
  )('$name takes these values of $option, and by default the first', ({ name, option, values }) => {
    const error = errorOf(() => described(name, { [option]: 'mars' }));
    const known = /Use one of: (.*)\./.exec((error as Error).message)?.[1]?.split(', ');
    expect([...(values ?? [])].sort()).toEqual(known?.sort());
    expect(described(name).baseURL).toBe(described(name, { [option]: values?.[0] }).baseURL);
  });
});
