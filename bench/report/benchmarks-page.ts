import { table } from './markdown.js';
import type { BenchResults, Goal, Machine, MeasureResult } from './results.js';

/** Where the page finds the plot of a measure, from the folder that the page is in. */
export const plotFileOf = (id: string): string => `benchmarks/${id}.svg`;

/** Remarks on a goal that was missed: how much, why, and what would get there; by the goal's text. */
export type Remarks = Readonly<Record<string, string>>;

/** A pure function: the same results give the same page. */
export function benchmarksPage(
  results: BenchResults,
  peerUses: readonly string[],
  remarks: Remarks,
): string {
  const { measures, machine, seconds } = results;
  const goals = measures.flatMap((measure) => measure.goals);
  return [
    '# Benchmarks',
    '',
    '<!-- Written by `npm run bench`. Change the script, not the page. -->',
    '',
    'Side by side with everything that a user would pick instead, in one run: `npm run bench` measures all of this again and ' +
      'rewrites this page. Read ratios and growth rather than single times: they are paired, so that whatever else the ' +
      'machine does falls on both sides.',
    '',
    '## Goals',
    '',
    table(['Goal', 'Found', ''], goals.map(goalRow), 'left'),
    '',
    ...remarksOn(goals, remarks),
    ...measures.flatMap(section),
    '## What was compared',
    '',
    ...peerUses.map((use) => `- ${use}`),
    '',
    '## Where',
    '',
    whereFrom(machine),
    '',
    `The whole run took ${Math.round(seconds)} s.`,
    '',
  ].join('\n');
}

/** The page with one measure replaced; the rest is unchanged. */
export function withMeasure(page: string, measure: MeasureResult, remarks: Remarks): string {
  const [head, ...sections] = page.split(/^(?=## )/m);
  const made = sections.map((text) => {
    if (text.startsWith(`## ${measure.title}\n`)) return section(measure).join('\n') + '\n';
    return text.startsWith('## Goals\n') ? withGoals(text, measure.goals, remarks) : text;
  });
  return [head, ...made].join('');
}

function withGoals(text: string, goals: readonly Goal[], remarks: Remarks): string {
  const isRemark = (paragraph: string) =>
    goals.some(({ goal }) => paragraph.startsWith(`**Missed: ${goal}.**`));
  const row = (line: string) => {
    const goal = goals.find((one) => line.startsWith(`| ${one.goal} |`));
    return goal === undefined ? line : `| ${goalRow(goal).join(' | ')} |`;
  };
  const paragraphs = text
    .trimEnd()
    .split('\n\n')
    .filter((paragraph) => !isRemark(paragraph));
  const said = remarksOn(goals, remarks).filter((line) => line !== '');
  return `${[...paragraphs, ...said].join('\n\n').split('\n').map(row).join('\n')}\n\n`;
}

function goalRow({ goal, figure, isMet }: Goal): string[] {
  return [goal, figure, isMet ? 'met' : '**missed**'];
}

function remarksOn(goals: readonly Goal[], remarks: Remarks): string[] {
  return goals.flatMap(({ goal, isMet }) => {
    const remark = remarks[goal];
    return isMet || remark === undefined ? [] : [`**Missed: ${goal}.** ${remark}`, ''];
  });
}

function section(measure: MeasureResult): string[] {
  const { id, title, about, columns, rows, plot } = measure;
  return [
    `## ${title}`,
    '',
    `${about} Source: \`bench/measures/${id}.ts\`.`,
    '',
    ...(rows.length === 0 ? [] : [table(columns, rows), '']),
    ...(plot === undefined ? [] : [`![${plot.y}, by ${plot.x}](${plotFileOf(id)})`, '']),
  ];
}

function whereFrom({ cpu, cores, memoryGb, os, node, versions }: Machine): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${cpu}, ${cores} cores, ${memoryGb} GB, ${os}, Node ${node.replace('v', '')}. ${packages.join(', ')}. ` +
    'google-auth-library 11 and @azure/core-rest-pipeline 1.25 need Node 22: these are the newest that run on Node 20.19, ' +
    'as this library does.'
  );
}
