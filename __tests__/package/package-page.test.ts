import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { packagePage } from '../../scripts/package-page.mjs';
import { ROOT } from '../docs/pages.js';

const address = { repository: 'https://github.com/acme/bearer', site: 'https://bearer.example' };
const manifest = { name: 'bearer', version: '1.2.3' };

describe('the package page', () => {
  test('has the addresses of repository, site and issues, all out of one', () => {
    const page = packagePage(address, manifest, '');
    expect(page.manifest).toEqual({
      ...manifest,
      repository: { type: 'git', url: 'git+https://github.com/acme/bearer.git' },
      homepage: 'https://bearer.example',
      bugs: 'https://github.com/acme/bearer/issues',
    });
  });

  test('leads home to the repository as long as there is no site', () => {
    const page = packagePage({ ...address, site: null }, manifest, '');
    expect(page.manifest.homepage).toBe('https://github.com/acme/bearer#readme');
  });

  test('has the links of the README lead to the files of its version, and leaves the others alone', () => {
    const readme =
      '[a](docs/a.md#b) ![c](docs/c.svg) [`x(y)`](SECURITY.md) [d](https://d.example) [e](#e)';
    expect(packagePage(address, manifest, readme).readme).toBe(
      '[a](https://github.com/acme/bearer/blob/v1.2.3/docs/a.md#b) ' +
        '![c](https://github.com/acme/bearer/raw/v1.2.3/docs/c.svg) ' +
        '[`x(y)`](https://github.com/acme/bearer/blob/v1.2.3/SECURITY.md) ' +
        '[d](https://d.example) [e](#e)',
    );
  });

  test.each(['acme/bearer', 'https://github.com/acme/bearer.git/', ''])(
    'takes nothing but the address of a repository: %j',
    (repository) => {
      expect(() => packagePage({ ...address, repository }, manifest, '')).toThrow(
        'Give `repository` in public-address.json',
      );
    },
  );
});

describe('npm publish', () => {
  /** Runs what `npm publish` runs first, on a copy of what it reads. */
  function prepublish(publicAddress: object) {
    const folder = mkdtempSync(join(tmpdir(), 'axios-bearer-page-'));
    for (const file of ['package.json', 'README.md'])
      copyFileSync(join(ROOT, file), join(folder, file));
    writeFileSync(join(folder, 'public-address.json'), JSON.stringify(publicAddress));
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: { prepublishOnly: string };
    };
    const [program, script] = scripts.prepublishOnly.split(' ');
    const { status, stderr } = spawnSync(program!, [join(ROOT, script!)], {
      cwd: folder,
      encoding: 'utf8',
    });
    const read = (file: string) => readFileSync(join(folder, file), 'utf8');
    const written = { manifest: read('package.json'), readme: read('README.md') };
    rmSync(folder, { recursive: true });
    return { status, stderr, ...written };
  }

  test('fails as long as the project has no public address, and changes nothing', () => {
    const outcome = prepublish({ repository: null, site: null });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain('There is no public address.');
    expect(outcome.readme).toBe(readFileSync(join(ROOT, 'README.md'), 'utf8'));
  });

  test('has no relative link in the README once there is one', () => {
    const { status, manifest: text, readme } = prepublish(address);
    expect(status).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ bugs: 'https://github.com/acme/bearer/issues' });
    expect(readme.match(/\]\((?!https:)[^)]*\)/g)).toBeNull();
  });
});

test('the address stands in one place only', () => {
  const fields = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as object;
  for (const field of ['repository', 'homepage', 'bugs']) expect(fields).not.toHaveProperty(field);
});
