import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, '.github/workflows');

const workflows = readdirSync(FOLDER).map((file) => ({
  file,
  text: readFileSync(join(FOLDER, file), 'utf8'),
}));
const readSimulation = (file: string) =>
  readFileSync(join(ROOT, '__tests__/simulation', file), 'utf8');
const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  engines: { node: string };
};

describe.each(workflows)('$file', ({ text }) => {
  test('uses no action that could change under it: each is pinned to a commit, and says which version that is', () => {
    const uses = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action!);
    expect(uses).not.toHaveLength(0);
    expect(uses.filter((action) => !/^[\w./-]+@[0-9a-f]{40} # v[\d.]+$/.test(action))).toEqual([]);
  });

  test('has no rights but those that a job names', () => {
    expect(text).toMatch(/^permissions:( \{\}|\n {2}contents: read)$/m);
  });
});

test('the tests run on every version of Node that is promised, the oldest first', () => {
  const ci = workflows.find(({ file }) => file === 'ci.yml')?.text ?? '';
  const [, list = ''] = /node: \[(.+)\]/.exec(ci) ?? [];
  const versions = list.split(', ').map((version) => version.replaceAll("'", ''));
  expect(versions).toEqual(['20.19', '22', '24', '26']);
  expect(engines.node).toContain(`^${versions[0]!}`);
});

test('each night every simulation tries orders that the tests have not: at least 10,000 runs, from a seed of its own', () => {
  const nightly = workflows.find(({ file }) => file === 'nightly.yml')?.text ?? '';
  expect(nightly).toMatch(/^ {4}- cron: /m);
  const [, parts = ''] = /part: \[(.+)\]/.exec(nightly) ?? [];
  const [, runs = '0'] = /SIMULATION_RUNS: '(\d+)'/.exec(nightly) ?? [];
  const simulations = readdirSync(join(ROOT, '__tests__/simulation'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => /simulate(Fleet)?\(/.test(readSimulation(file)))
    .map((file) => file.replace('.test.ts', ''));
  expect(parts.split(', ').sort()).toEqual(simulations.sort());
  expect(Number(runs)).toBeGreaterThanOrEqual(10_000);
  expect(nightly).toContain('SIMULATION_SEED: ${{ github.run_id }}');
});

test('a release is published with provenance', () => {
  const release = workflows.find(({ file }) => file === 'release.yml')?.text ?? '';
  expect(release).toContain('npm publish --provenance');
  expect(release).toContain('id-token: write');
});
