import { textOf } from '../docs/pages.js';

/** A piece of code that a page shows. */
export interface Snippet {
  readonly page: string;
  readonly name: string;
  readonly language: 'ts' | 'js';
  readonly code: string;
  readonly compiledOnly: boolean;
  /** The file that the text right before it tells the reader to save it as. */
  readonly savedAs: string | undefined;
}

/** The snippets of a page, in their order. */
export function snippetsOf(page: string): Snippet[] {
  const fences = textOf(page).matchAll(
    /([^\n]*\n)?\n?(<!-- compiled only: [^\n]+ -->\n+)?```(ts|typescript|js|javascript|mjs|cjs)\b[^\n]*\n([\s\S]*?)```/g,
  );
  return [...fences].map(([, before = '', compiledOnly, language, code], index) => ({
    page,
    name: `${page.replace(/\.md$/, '').replaceAll(/[^\w]+/g, '-')}-${index + 1}`,
    language: language!.startsWith('t') ? 'ts' : 'js',
    code: code!,
    compiledOnly: compiledOnly !== undefined,
    savedAs: /`node (?:\S+ )?([\w-]+\.mjs)`/.exec(before)?.[1],
  }));
}

/** What a snippet says that it prints: the comment after `console.log(…);`, up to a colon or comma. */
export function printedBy({ code }: Snippet): string[] {
  return [...code.matchAll(/console\.log\([^;]*\); \/\/ ([^\n:,]+)/g)].map(([, line]) => line!);
}
