const isWanted = process.env['SIMULATION_TRACE'] !== undefined;

/** With `SIMULATION_TRACE` a run tells what happens in it, at which millisecond and in which process. */
export function trace(atMs: number, who: string, what: () => string): void {
  if (isWanted)
    process.stdout.write(`${atMs.toFixed(1).padStart(12)} ${who.padEnd(4)} ${what()}\n`);
}
