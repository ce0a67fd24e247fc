/**
 * A number in international form.
 *
 * @see https://www.itu.int/rec/T-REC-E.164
 * @internal
 */
export const E164 = /^\+[1-9]\d{6,14}$/;
