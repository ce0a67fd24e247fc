import { expect, test } from '@jest/globals';
import { transformSync } from 'esbuild';
import { runInThisContext } from 'node:vm';

import type { ProviderDefinition } from '../../src/index.js';
import { pages, textOf } from './pages.js';
import { answer } from '../provider-definition/answer.js';

/* Examples are copied, and what answers a token call may be any JSON: `null` is some. */

const examples = pages.flatMap((page) =>
  [...textOf(page).matchAll(/^( *)parseToken: ([^]*?^\1\}\)?),$/gm)].map(([, , code], index) => ({
    name: `${page}, ${index + 1}`,
    code: code!,
  })),
);

/** What reads the text itself takes JSON for a token, or hands it to a parser. */
const readsJSON = ({ code }: { readonly code: string }) => !code.startsWith('({ text })');

test('there are examples to check', () => {
  expect(examples.length).toBeGreaterThan(5);
});

test.each(examples.filter(readsJSON))(
  'parseToken finds no token in an answer without one: $name',
  ({ code }) => {
    const { code: script } = transformSync(`(${code})`, { loader: 'ts' });
    const parseToken = runInThisContext(script) as ProviderDefinition<object>['parseToken'];
    for (const body of [null, {}, [], 'text', 5, true])
      expect(parseToken(answer(200, body)).accessToken).toBeUndefined();
  },
);
