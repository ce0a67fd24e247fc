/**
 * The seed of a property whose shapes are countless: the same at each run, so that a change is blamed for what it breaks.
 * `PROPERTY_SEED` tries others.
 */
export function propertySeed(): { seed: number } {
  return { seed: Number(process.env['PROPERTY_SEED'] ?? 7) };
}

/** How often a property is tried: `usual` times, or `PROPERTY_RUNS`: fewer under mutation testing, many more at night. */
export function propertyRuns(usual: number): { numRuns: number } {
  return { numRuns: Number(process.env['PROPERTY_RUNS'] ?? usual) };
}
