/** How often a property is tried: `usual` times, unless `PROPERTY_RUNS` asks for fewer, as mutation testing does. */
export function propertyRuns(usual: number): { numRuns: number } {
  return { numRuns: Math.min(usual, Number(process.env['PROPERTY_RUNS'] ?? usual)) };
}
