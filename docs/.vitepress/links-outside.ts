import { relative, resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

const DOCS = resolve(import.meta.dirname, '..');

/**
 * Links that lead out of docs/, to a test or to the README, work where the repository is browsed. The site has no such
 * file, so there they become the path itself, which can be looked up in a checkout.
 */
export function linksOutside(md: MarkdownRenderer): void {
  md.core.ruler.push('links-outside', (state) => {
    const { path } = state.env as { path: string };
    for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const href = String(token.attrGet('href'));
      if (/^([a-z]+:|[#/])/i.test(href)) continue;
      const target = relative(DOCS, resolve(path, '..', href.replace(/#.*/, '')));
      if (!target.startsWith('..')) continue;
      token.tag = 'span';
      token.attrs = [
        ['class', 'in-repository'],
        ['title', `${target.replace(/^(\.\.\/)+/, '')} in the repository`],
      ];
      closing(state.tokens, token).tag = 'span';
    }
  });
}

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/** The token that closes a link: links do not nest, so it is the next one. */
function closing(blocks: Token[], open: Token): Token {
  const siblings = blocks.find(({ children }) => children?.includes(open))?.children ?? [];
  const close = siblings.slice(siblings.indexOf(open)).find(({ type }) => type === 'link_close');
  if (close === undefined) throw new Error('A link is never closed.');
  return close;
}
