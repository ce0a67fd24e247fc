import { table } from './markdown.js';
import type { Machine } from './results.js';

export interface CellResult {
  readonly id: string;
  readonly text: string;
  readonly verdict: 'good' | 'bad' | 'not applicable';
}

export interface ComparedPeer {
  readonly id: string;
  readonly name: string;
  readonly use: string;
  readonly cells: readonly CellResult[];
}

export interface ComparedScenario {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}

const MARKS = { good: '✓', bad: '✗', 'not applicable': '–' } as const;

export function rowsOf(
  scenarios: readonly ComparedScenario[],
  peers: readonly ComparedPeer[],
): string[][] {
  return scenarios.map((scenario) => [
    scenario.title,
    ...peers.map(({ cells }) => {
      const cell = cells.find(({ id }) => id === scenario.id);
      return cell === undefined ? '' : `${MARKS[cell.verdict]} ${cell.text}`;
    }),
  ]);
}

export function totalsOf(peers: readonly ComparedPeer[]): string[] {
  return peers.map(({ cells }) => {
    const asked = cells.filter(({ verdict }) => verdict !== 'not applicable');
    const good = asked.filter(({ verdict }) => verdict === 'good');
    return `${good.length} of ${asked.length}`;
  });
}

/** A pure function: the same cells give the same page. */
export function comparisonPage(
  scenarios: readonly ComparedScenario[],
  peers: readonly ComparedPeer[],
  { node, versions }: Machine,
): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# Comparison',
    '',
    '<!-- Written by `npm run compare`. Change the script, not the page. -->',
    '',
    'What happens when things go wrong, with everything that you might use instead. Each cell was run, against the same ' +
      'server over loopback; `npm run compare` runs all of them again and rewrites this page. ✓ is what you would wish for, as ' +
      'told below; ✗ is anything else; – cannot be asked of that one. `bench/scenarios/` holds the code that was run.',
    '',
    table(
      ['', ...peers.map(({ id, name }) => linked(id, name))],
      [
        ['Score', ...totalsOf(peers)],
        ...rowsOf(
          scenarios.map(({ id, title, about }) => ({ id, title: linked(id, title), about })),
          peers,
        ),
      ],
      'left',
    ),
    '',
    '## The scenarios',
    '',
    ...scenarios.map(({ id, title, about }) => `- ${anchor(id)}**${title}.** ${about}`),
    '',
    '## How each was used',
    '',
    'Each in the best way that its own documentation offers. A token call that is left to the user has a time-out of 5 s.',
    '',
    ...peers.map(({ id, name, use }) => `- ${anchor(id)}**${name}**: ${use}`),
    '',
    `Node ${node.replace('v', '')}; ${packages.join(', ')}. The newest that run on Node 20.19, as this library does: ` +
      'google-auth-library 11 and @azure/core-rest-pipeline 1.25 need Node 22.',
    '',
  ].join('\n');
}

/** A title linked to its section of the page. */
function linked(id: string, title: string): string {
  return `[${title}](#${id})`;
}

function anchor(id: string): string {
  return `<a id="${id}"></a>`;
}
