import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DefaultTheme } from 'vitepress';

type Item = DefaultTheme.SidebarItem;

const DOCS = resolve(import.meta.dirname, '..');

interface Entry {
  readonly text: string;
  readonly link: string;
}

function page(file: string, text: string): Entry {
  return { text, link: `/${file.replace(/(index)?\.md$/, '')}` };
}

/** For pages that a command writes, which may not have run. */
export function pageIfThere(file: string, text: string): Entry[] {
  return existsSync(join(DOCS, file)) ? [page(file, text)] : [];
}

/** Every page of a folder but its front page, by its file name and named by its own heading. */
function pagesIn(folder: string): Item[] {
  const directory = join(DOCS, folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .map((file) => page(`${folder}/${file}`, headingOf(join(directory, file))));
}

function headingOf(file: string): string {
  const heading = /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (heading === undefined) throw new Error(`${file} has no heading`);
  return heading.replaceAll('`', '');
}

/** A group; none where it would be empty. */
function group(text: string, pages: Item[]): Item[] {
  return pages.length === 0 ? [] : [{ text, items: pages }];
}

/** The guide by the reader's questions; what is looked up rather than read has sidebars of its own. */
export function sidebar(): DefaultTheme.Sidebar {
  const records = [...folder('facts', 'Facts it stands on'), ...folder('decisions', 'Decisions')];
  return {
    '/api/': group('API reference', entryPoints()),
    '/facts/': records,
    '/decisions/': records,
    '/': guide(),
  };
}

function folder(name: string, text: string): Item[] {
  return group(text, [page(`${name}/README.md`, 'All of them'), ...pagesIn(name)]);
}

function guide(): Item[] {
  return [
    ...group('Start', [
      page('getting-started.md', 'Getting started'),
      page('is-it-for-me.md', 'Is it for me?'),
      page('existing-app.md', 'In an app that exists'),
      page('fetch.md', 'With fetch, without axios'),
      page('options.md', 'Options'),
      page('axios-versions.md', 'Versions of axios'),
      page('typescript.md', 'TypeScript'),
      ...pageIfThere('cli.md', 'Command line'),
    ]),
    ...group('What happens', [
      page('expiry.md', '… on expiry'),
      page('on-a-401.md', '… on a 401'),
      page('replay.md', '… to a body that is sent again'),
      page('timeouts-and-aborts.md', '… on a time-out or an abort'),
      page('serverless-and-edge.md', '… on serverless and edge platforms'),
      page('errors.md', '… when no token can be had'),
    ]),
    ...group('Providers', [
      page('which-way.md', 'Which way do I need?'),
      page('providers/exotel.md', 'Exotel'),
      page('providers/truecaller.md', 'Truecaller campaigns'),
      page('providers/truecaller-calls.md', 'Truecaller calls'),
      page('providers/learning360.md', '360Learning'),
      page('providers/singleview.md', 'SingleView'),
      page('providers/udara360.md', 'Udara360'),
      page('providers/oauth2.md', 'Any OAuth 2.0 server'),
      ...pagesIn('oauth'),
      page('presets.md', 'Presets'),
      page('your-own-provider.md', 'Your own'),
      page('where-the-token-goes.md', 'Where the token goes'),
      page('wrapped-apis.md', 'Wrapped APIs'),
      page('exotel-calls.md', 'Exotel calls'),
      page('exotel-campaigns.md', 'Exotel campaigns'),
      page('exotel-flows.md', 'Exotel call flows'),
      page('truecaller-uploads.md', 'Uploads to Truecaller'),
    ]),
    ...group('In production', [
      page('shared-store.md', 'One token for a fleet'),
      page('kubernetes.md', 'Kubernetes, rotated secrets'),
      page('observability.md', 'Watching it'),
      page('security.md', 'Security'),
      page('testing.md', 'Testing your own code'),
    ]),
    ...group('Recipes', [page('recipes/README.md', 'All recipes'), ...pagesIn('recipes')]),
    ...group('Coming from', [
      page('migrating/axios-auth-refresh.md', 'axios-auth-refresh'),
      page('migrating/is-refreshing-queue.md', 'isRefreshing, failedQueue'),
      page('migrating/axios-token-interceptor.md', 'axios-token-interceptor'),
    ]),
    ...group('Proof', [
      page('architecture.md', 'How it is built'),
      ...pageIfThere('comparison.md', 'Comparison'),
      ...pageIfThere('benchmarks.md', 'Benchmarks'),
      page('behaviours.md', 'Promises and their tests'),
      page('simulation.md', 'Simulation'),
      ...pageIfThere('mutation.md', 'Mutation testing'),
      page('changelog.md', 'Changelog'),
      page('facts/README.md', 'Facts it stands on'),
      page('decisions/README.md', 'Decisions'),
    ]),
  ];
}

/** The front page of each entry point, as typedoc has written them; none before it has. */
function entryPoints(): Item[] {
  const folder = join(DOCS, 'api/axios-bearer');
  if (!existsSync(folder)) return [];
  const others = readdirSync(folder)
    .sort()
    .flatMap((name) => pageIfThere(`api/axios-bearer/${name}/index.md`, `axios-bearer/${name}`));
  return [...pageIfThere('api/axios-bearer/index.md', 'axios-bearer'), ...others];
}
