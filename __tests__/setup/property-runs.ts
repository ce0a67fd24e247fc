/**
 * The seed of a property whose shapes are countless: the same at each run, so that a change is blamed for what it breaks.
 * `PROPERTY_SEED` tries others.
 */
export function propertySeed(): { seed: number } {
  return { seed: Number(process.env['PROPERTY_SEED'] ?? 7) };
}

/** How often a property is tried: `usual` times, unless `PROPERTY_RUNS` asks for fewer, as mutation testing does. */
export function propertyRuns(usual: number): { numRuns: number } {
  return { numRuns: Math.min(usual, Number(process.env['PROPERTY_RUNS'] ?? usual)) };
}
