export const examples: ReadonlyMap<string, string>;
export function bundleExamples(
  names: readonly string[],
  outdir?: string,
): Promise<ReadonlyMap<string, string>>;
