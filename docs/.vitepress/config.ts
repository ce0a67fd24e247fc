import { defineConfig } from 'vitepress';

import manifest from '../../package.json' with { type: 'json' };
import { inlineDiagrams } from './inline-diagrams.js';
import { linksOutside } from './links-outside.js';
import { writePlainText } from './plain-text.js';
import { search } from './search.js';
import { sidebar, pageIfThere } from './sidebar.js';
import { labelledTables } from './tables.js';

/** Drawn here, so that no page asks for a file that is not there. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b7565"/><path d="M9 23 16 8l7 15M12 18h8" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`;

export default defineConfig({
  title: 'axios-bearer',
  description:
    'Gives any axios instance a valid bearer token, for any provider, and heals every 401 that can be healed.',
  lang: 'en',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: ICON }]],
  cleanUrls: false,
  lastUpdated: false,
  // The reference has hundreds of pages; without this each of them would list all the others.
  metaChunk: true,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(md) {
      md.use(inlineDiagrams).use(linksOutside).use(labelledTables);
    },
  },
  transformPageData({ relativePath, frontmatter }) {
    // Nine columns need the room of the outline.
    if (relativePath === 'comparison.md')
      Object.assign(frontmatter, { aside: false, pageClass: 'comparison' });
    // What is looked up is not read from one page to the next.
    if (relativePath.startsWith('api/'))
      Object.assign(frontmatter, { prev: false, next: false, pageClass: 'reference' });
  },
  buildEnd: writePlainText,
  // The index of the search, which is loaded when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started', activeMatch: '^/(?!api/|comparison|changelog|$)' },
      ...pageIfThere('comparison.md', 'Comparison'),
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: `v${manifest.version}`, link: '/changelog' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search,
    footer: { message: 'MIT licence' },
  },
});
