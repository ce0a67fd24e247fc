/**
 * The documented words of a field, and any other that the API may grow. Editors still offer the known ones.
 */
// The empty intersection keeps TypeScript from widening the union to plain string.
export type OpenWord<Known extends string> = Known | (string & Record<never, never>);
