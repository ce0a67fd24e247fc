/*
 * Which code of src/ the tests run: in jest, in the processes that they start, and in the browser.
 *
 *   npm run test:coverage                        everything that needs no built package
 *   npm run test:coverage -- __tests__/cli       what these tests run
 *
 * A process that is killed reports nothing.
 */
import coverage from 'istanbul-lib-coverage';
import { createContext } from 'istanbul-lib-report';
import reports from 'istanbul-reports';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import toIstanbul from 'v8-to-istanbul';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'reports/coverage');
const others = join(folder, 'others');
rmSync(folder, { recursive: true, force: true });
mkdirSync(others, { recursive: true });

const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '-w',
    '2',
    '--coverage',
    '--coverageReporters=json',
    `--coverageDirectory=${folder}`,
    '--testPathIgnorePatterns',
    'node_modules|__tests__/(browser/(?!core)|package|snippets|simulation)',
    ...process.argv.slice(2).flatMap((pattern) => ['--testPathPatterns', pattern]),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, COVERAGE_FOLDER: others } },
);

const map = coverage.createCoverageMap(readJson(join(folder, 'coverage-final.json')));
for (const script of readdirSync(others).flatMap((file) => scriptsOf(readJson(join(others, file)))))
  map.merge(await inSources(script));
map.filter(isOurs);

const context = createContext({ dir: folder, coverageMap: map });
for (const kind of ['html', 'text-summary']) reports.create(kind).execute(context);
console.log('reports/coverage/index.html');
process.exitCode = status ?? 1;

/** The bundles that a process or a page has run, each with its text and its source map. */
function scriptsOf({ result, 'source-map-cache': maps = {} }) {
  return result.flatMap(({ url, functions, source }) => {
    if (source !== undefined) {
      // From a page: its text ends with the map, whose paths are relative to the repository.
      const inline = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(source)?.[1];
      if (inline === undefined) return [];
      const sourceMap = JSON.parse(Buffer.from(inline, 'base64').toString());
      return [{ path: join(root, 'page.js'), functions, source, sourceMap }];
    }
    const { data: sourceMap, lineLengths } = maps[url] ?? {};
    if (!url.startsWith('file:') || sourceMap == null) return [];
    // The bundle is gone by now; only the positions of its line ends are needed.
    const text = lineLengths.map((length) => '.'.repeat(length)).join('\n');
    return [{ path: fileURLToPath(url), functions, source: text, sourceMap }];
  });
}

async function inSources({ path, functions, source, sourceMap }) {
  const sources = sourceMap.sources.map((name) =>
    name.startsWith('file:') ? fileURLToPath(name) : resolve(dirname(path), name),
  );
  if (!sources.some(isOurs)) return {}; // A package that ships its own maps.
  const sourcemap = { ...sourceMap, sources };
  const converter = toIstanbul(
    path,
    0,
    { source, sourceMap: { sourcemap } },
    (file) => !isOurs(file),
  );
  await converter.load();
  converter.applyCoverage(functions);
  return converter.toIstanbul();
}

function isOurs(file) {
  return file.startsWith(join(root, 'src/')) && file.endsWith('.ts');
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
