/**
 * The documented values of a field, and any that the API may add. Editors still suggest the known ones.
 */
// The empty intersection keeps TypeScript from widening the union to plain string.
export type OpenWord<Known extends string> = Known | (string & Record<never, never>);
