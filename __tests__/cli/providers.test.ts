import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { CATALOGUE, described } from '../../src/cli/provider-catalogue.js';
import { PROVIDER_NAMES } from '../../src/cli/provider-names.js';
import { misconfiguration } from '../providers/conversation.js';
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

describe('axios-bearer providers', () => {
  test('lists every provider with the variables of its credentials and settings', async () => {
    const { stdout } = await cli.run(['providers', '--json']);
    const all = JSON.parse(stdout) as Listed[];
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
    expect(exotel.documentation).toEqual(described('exotel').documentation);
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
  test.each(
    PROVIDER_NAMES.flatMap((name) =>
      CATALOGUE[name].settings
        .filter(({ values }) => values !== undefined)
        .map((setting) => ({ name, ...setting })),
    ),
  )('$name takes these values of $option', ({ name, option, values }) => {
    const { message } = misconfiguration(() => described(name, { [option]: 'mars' }));
    const known = /Use one of: (.*)\./.exec(message)?.[1]?.split(', ');
    expect([...(values ?? [])].sort()).toEqual(known?.sort());
    // By default the first, which for a region or an environment shows in the address.
    expect(described(name).baseURL).toBe(described(name, { [option]: values?.[0] }).baseURL);
  });
});
