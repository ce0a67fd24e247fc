import type { MarkdownRenderer } from 'vitepress';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/** ARIA roles: without them, a screen reader does not announce cards as a table. */
const ROLES: Partial<Record<string, string>> = {
  table_open: 'table',
  thead_open: 'rowgroup',
  tbody_open: 'rowgroup',
  tr_open: 'row',
  th_open: 'columnheader',
  td_open: 'cell',
};

/**
 * Gives each cell the title of its column, as `data-label`. On a phone the style sheet shows each row as a card, in which
 * every cell says what it is.
 */
export function labelledTables(md: MarkdownRenderer): void {
  md.core.ruler.push('labelled-tables', ({ tokens }) => {
    let titles: string[] = [];
    let column = 0;
    for (const [index, token] of tokens.entries()) {
      const role = ROLES[token.type];
      if (role === undefined) continue;
      token.attrSet('role', role);
      const text = textOf(tokens[index + 1]);
      if (token.type === 'table_open') titles = [];
      else if (token.type === 'tr_open') column = 0;
      else if (token.type === 'th_open') titles.push(text);
      else if (token.type === 'td_open') token.attrSet('data-label', titles[column++] ?? '');
      // A dash is what typedoc writes where there is nothing to say.
      if (token.type === 'td_open' && ['', '-'].includes(text)) token.attrJoin('class', 'nothing');
    }
  });
}

function textOf(cell: Token | undefined): string {
  return (cell?.children ?? []).map(({ content }) => content).join('');
}
