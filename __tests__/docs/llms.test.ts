import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import * as core from '../../src/index.js';
import * as providers from '../../src/providers/index.js';
import * as testing from '../../src/testing/index.js';
import { ROOT, textOf } from './pages.js';

const text = textOf('docs/llms.txt');

test('the text for coding assistants is under 4 kB', () => {
  expect(text.length).toBeLessThan(4_000);
});

test('it calls nothing that does not exist', () => {
  const exported = { ...core, ...providers, ...testing };
  const called = [...text.matchAll(/\b([a-z]\w+)\(/g)].map(([, name]) => name!);
  expect(called.length).toBeGreaterThan(8);
  expect(called.filter((name) => !(name in exported))).toEqual(['detach', 'get']);
});

test('it links to pages that are there', () => {
  const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
  expect(targets.length).toBeGreaterThan(20);
  expect(targets.filter((target) => !existsSync(join(ROOT, 'docs', target)))).toEqual([]);
});
