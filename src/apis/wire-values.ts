/** An unchecked JSON object. */
export type WireRecord = Readonly<Record<string, unknown>>;

/** The value as an object, or `undefined` for anything else, including arrays. */
export function asRecord(value: unknown): WireRecord | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // An object that is not an array can be read by any key; what comes out stays unknown.
  return value as WireRecord;
}

/** The value if it is an array, else an empty array. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text, or `undefined` when there is none. Ids sometimes come as numbers, and empty fields as the word `null`. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text === 'null' ? undefined : text;
}

/** The texts of an array; anything else is left out. */
export function textsIn(value: unknown): readonly string[] {
  return asList(value)
    .map(textOf)
    .filter((text) => text !== undefined);
}

/** A finite number, also when it was sent as a string. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^[+-]?\d+(\.\d+)?$/.test(value.trim())) return undefined;
  return Number(value);
}

/** A boolean, also when it was sent as a string. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}
