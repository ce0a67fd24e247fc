import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Written by a command, and so not looked at here. */
const GENERATED = ['docs/api/', 'docs/.vitepress/', 'docs/changelog.md'];

/** Every page that somebody has written: the README, its neighbours, and docs/. Paths from the root. */
export const pages: readonly string[] = [
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
  ...markdownIn('docs'),
  ...markdownIn('.github'),
];

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.md') && !GENERATED.some((start) => file.startsWith(start)));
}

export interface Link {
  readonly text: string;
  readonly href: string;
}

/** The links and images of a page that lead to something of ours; what stands in code is none. */
export function linksOf(page: string): Link[] {
  const prose = proseOf(page).replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));
  return [...prose.matchAll(/!?\[((?:[^\]\\]|\\.)*)\]\(([^)\s]+)\)/g)]
    .map(([, text, href]) => ({ text: text!, href: href! }))
    .filter(({ href }) => !/^(https?|mailto):/.test(href));
}

/** Where a link leads: a path from the root, and the anchor in that page. */
export function targetOf(page: string, href: string): { file: string; anchor: string | undefined } {
  const [path = '', anchor] = href.split('#');
  const file = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
  return { file, anchor };
}

/**
 * The anchors of a page: those written out, and those that its headings make, where the site and code hosts make the same:
 * others work in one place only.
 */
export function anchorsOf(page: string): Set<string> {
  const headings = [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'),
  );
  const written = [...proseOf(page).matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id]) => id!);
  const made = headings.map(onTheSite).filter((anchor, at) => anchor === onAHost(headings[at]!));
  return new Set([...written, ...made]);
}

/** VitePress: whatever is no letter, digit or underscore becomes a hyphen. */
function onTheSite(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[\s~`!@#$%^&*()\-+=[\]{}|\\;:"'“”‘’<>,.?/…]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** Code hosts: punctuation goes, spaces become hyphens. */
function onAHost(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** A page without its blocks of code. */
export function proseOf(page: string): string {
  return textOf(page).replaceAll(/^```[\s\S]*?^```/gm, '');
}

/** Those of these figures that stand in no page that `npm run bench` or `npm run compare` wrote. */
export function figuresOfNoCommand(figures: readonly string[]): string[] {
  const written = textOf('docs/benchmarks.md') + textOf('docs/comparison.md');
  return figures.filter((figure) => !new RegExp(`(?<![\\d.,])${figure}(?!\\d|,\\d)`).test(written));
}
