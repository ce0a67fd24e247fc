/**
 * How long what takes real time (a process of its own, a server) may take before it counts as hanging. Being slow, on a
 * machine that is busy with something else, is no failure: nothing here takes a fifth of it by itself. It is shorter than
 * the time of a test (`testTimeout` in `jest.config.ts`), so that a failure names what hung.
 */
export const HANGS_AFTER_MS = 150_000;

/** Waits until the condition holds, for what happens in another process and tells nobody. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const givenUpAt = performance.now() + HANGS_AFTER_MS;
  while (!(await condition())) {
    if (performance.now() > givenUpAt) throw new Error(`It never came true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
