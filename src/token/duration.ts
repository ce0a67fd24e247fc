const UNITS = [
  { name: 'days', ms: 86_400_000 },
  { name: 'hours', ms: 3_600_000 },
  { name: 'minutes', ms: 60_000 },
  { name: 'seconds', ms: 1_000 },
] as const;

/** An approximate duration for a message, in the largest unit that gives at least 2. */
export function inWords(ms: number): string {
  const unit = UNITS.find((candidate) => ms >= 2 * candidate.ms);
  return unit === undefined ? 'a moment' : `${Math.floor(ms / unit.ms)} ${unit.name}`;
}
