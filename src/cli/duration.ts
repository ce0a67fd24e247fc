const UNITS = [
  { name: 'd', ms: 86_400_000, from: 2 * 86_400_000 },
  { name: 'h', ms: 3_600_000, from: 3_600_000 },
  { name: 'min', ms: 60_000, from: 60_000 },
  { name: 's', ms: 1_000, from: 1_000 },
] as const;

/** A duration in at most two units, such as `23 h 59 min`, or in milliseconds below a second. */
export function inWords(exactMs: number): string {
  const ms = exactMs < 1_000 ? Math.round(exactMs) : Math.round(exactMs / 1_000) * 1_000;
  const first = UNITS.findIndex(({ from }) => ms >= from);
  if (first === -1) return `${ms} ms`;
  let rest = ms;
  return UNITS.slice(first, first + 2)
    .map(({ name, ms: length }) => {
      const count = Math.floor(rest / length);
      rest -= count * length;
      return { name, count };
    })
    .filter(({ count }, index) => index === 0 || count > 0)
    .map(({ name, count }) => `${count} ${name}`)
    .join(' ');
}

/** A token in words, without the token. */
export function tokenInWords(
  length: number,
  livesMs: number | undefined,
  scope: string | undefined,
): string {
  const life = livesMs === undefined ? 'lifetime unknown' : `valid for ${inWords(livesMs)}`;
  return `${length} characters, ${life}${scope === undefined ? '' : `, scope ${scope}`}`;
}
