import type { DefaultTheme } from 'vitepress';

type LocalSearch = Extract<DefaultTheme.Config['search'], { provider: 'local' }>;
type Options = NonNullable<LocalSearch['options']>;

/*
 * The functions of `miniSearch` run in the browser, too: VitePress sends their text along, so each must stand on its own.
 */
export const search: LocalSearch = {
  provider: 'local',
  options: {
    _render: searchedText,
    miniSearch: {
      options: {
        /** Words, and also whole what holds a `-`, `_`, `.` or `/`: `Retry-After`, `private_key_jwt`. */
        tokenize: (text) =>
          text
            .match(/[\p{L}\p{N}]+/gu)
            ?.concat(text.match(/[\p{L}\p{N}]+(?:[-_./][\p{L}\p{N}]+)+/gu) ?? []) ?? [],
      },
      searchOptions: {
        /** What is asked for whole is meant whole. */
        tokenize: (text) => text.match(/[\p{L}\p{N}]+(?:[-_./][\p{L}\p{N}]+)*/gu) ?? [],
        combineWith: 'AND',
        boost: { title: 6, titles: 2, text: 1 },
        /** A short word, or what holds more than letters, is meant as it is written. */
        fuzzy: (term) => (term.length < 5 || /[^\p{L}]/u.test(term) ? false : 0.2),
        /** A page that is named after the word comes first; the reference, the records and the wrapped APIs come last. */
        boostDocument: (id, term) => {
          const [page = ''] = String(id).split('#');
          const stem = term.length > 5 ? term.slice(0, -1) : term;
          const isLast =
            /^\/(api|changelog|decisions|facts|behaviours|benchmarks|mutation|simulation|comparison|wrapped|exotel|truecaller)\b/;
          return (isLast.test(page) ? 0.3 : 1) * (page.includes(stem) ? 3 : 1);
        },
      },
    },
  },
};

/** What the search knows of a page: of the home page nothing, of a page of the API reference one entry, else one a heading. */
function searchedText(...[source, env, md]: Parameters<NonNullable<Options['_render']>>): string {
  const { highlight } = md.options;
  md.options.highlight = null; // colours cost half a minute, and are not searched
  const html = md.render(source, env);
  md.options.highlight = highlight;
  if (env.relativePath === 'index.md') return '';
  return env.relativePath.startsWith('api/') ? html.replaceAll(/<(\/?)h[2-6]\b/g, '<$1p') : html;
}
