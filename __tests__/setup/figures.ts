/** What a test measured in passing; said at its end where `FIGURES` is set. */
export function tell(figures: readonly string[]): void {
  if (process.env['FIGURES'] === undefined) return;
  process.stdout.write(`${figures.map((line) => `    ${line}`).join('\n')}\n`);
}
