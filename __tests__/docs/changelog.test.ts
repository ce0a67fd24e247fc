import { expect, test } from '@jest/globals';

import { changelogPage } from '../../scripts/changelog-page.mjs';
import { textOf } from './pages.js';

test('the changelog’s links to pages, to other files and to other sites work from docs/ too', () => {
  const changelog =
    '[a](docs/a.md#b) ![c](docs/images/c.svg) [d](SECURITY.md) [e](https://e.example) [f](#f)';
  expect(changelogPage(changelog)).toBe(
    '[a](a.md#b) ![c](images/c.svg) [d](../SECURITY.md) [e](https://e.example) [f](#f)',
  );
});

test('the page has the text of the changelog', () => {
  const text = textOf('CHANGELOG.md');
  const withoutLinks = (page: string) => page.replaceAll(/\]\([^)]*\)/g, ']');
  expect(withoutLinks(changelogPage(text))).toBe(withoutLinks(text));
});
