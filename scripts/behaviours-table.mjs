/*
 * Fills the last column of the table in docs/behaviours.md with the tests that show each behaviour: every test or group
 * whose title begins with "behaviour N:". Run it after writing such a test: node scripts/behaviours-table.mjs
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const page = join(root, 'docs/behaviours.md');

/** Every title that names a behaviour: its number, its text, and its file, as the table names it. */
export function titlesOfBehaviours() {
  const tests = join(root, '__tests__');
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => {
      const source = readFileSync(join(tests, file), 'utf8');
      const name = file.replace('.test.ts', '').split(sep).join('/');
      return [...source.matchAll(/(['"`])behaviour (\d+): ((?:\\.|(?!\1)[^\\])*)\1/g)].map(
        ([, , number, text]) => ({ number: Number(number), text: text.replaceAll('\\', ''), name }),
      );
    });
}

/** `| 1 | what we promise | any content |` */
const ROW = /^\| *(\d+) *\| (.*?) \|.*\|$/;

/** The text of the page, with the last column of its table filled from these titles. */
export function filledPage(text, titles) {
  return text
    .split('\n')
    .map((line) => filledLine(line, titles))
    .join('\n');
}

function filledLine(line, titles) {
  const [, number, promise] = ROW.exec(line) ?? [];
  if (number === undefined) return line;
  const shown = titles.filter((title) => title.number === Number(number));
  const names = [...new Set(shown.map(({ name }) => name))];
  const cells = names.map((file) => {
    const texts = shown
      .filter(({ name }) => name === file)
      .map(({ text }) => text.replaceAll('|', '\\|'));
    return `\`${file}\`: ${texts.join('; ')}`;
  });
  return `| ${number} | ${promise} | ${cells.join('<br>')} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(page, filledPage(readFileSync(page, 'utf8'), titlesOfBehaviours()));
}
