import { defineConfig } from 'vitepress';

import { inlineDiagrams } from './inline-diagrams.js';
import { linksOutside } from './links-outside.js';
import { sidebar, pageIfThere } from './sidebar.js';

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
  markdown: {
    config(md) {
      md.use(inlineDiagrams).use(linksOutside);
    },
  },
  // The API reference holds whole modules on a page, by design.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started', activeMatch: '^/(?!api/|$)' },
      ...pageIfThere('comparison.md', 'Comparison'),
      { text: 'API', link: '/api/' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: false, next: false },
    footer: { message: 'MIT licence' },
  },
});
