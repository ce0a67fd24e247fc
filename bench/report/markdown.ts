/** A table of GitHub's Markdown; figures are right-aligned. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  align: 'left' | 'right' = 'right',
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = `|${columns.map((_, index) => (index === 0 || align === 'left' ? '---|' : '---:|')).join('')}`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

function escaped(cell: string): string {
  return cell.replaceAll('|', String.raw`\|`);
}
