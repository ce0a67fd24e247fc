import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { linksOf, pages, ROOT, targetOf, textOf } from './pages.js';

/* A fact without a proof is hearsay: each page of docs/facts names the tests that show it, by their titles. */

const facts = pages.filter((page) => /^docs\/facts\/(?!README)/.test(page));
const overview = linksOf('docs/facts/README.md').map(
  ({ href }) => targetOf('docs/facts/README.md', href).file,
);

test('the overview lists every fact', () => {
  expect(facts.length).toBeGreaterThan(10);
  expect(facts.filter((page) => !overview.includes(page))).toEqual([]);
});

test.each(facts)('%s names tests that are there', (page) => {
  const [, proof] = textOf(page).split('## Proof');
  const proofs = [...(proof ?? '').matchAll(/^- (.+) \(`(__tests__\/.+\.test\.ts)`\)$/gm)];
  expect(proofs).not.toHaveLength(0);
  expect(proofs).toHaveLength(proof!.match(/^- .+$/gm)!.length);
  for (const [, title, file] of proofs)
    expect(readFileSync(join(ROOT, file!), 'utf8')).toContain(title);
});
