import type { SandboxRequest } from './sandbox-request.js';

/** Narrows a parsed JSON value to an object, or `undefined`. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(value) ? value : undefined;
}

/** Reads a request body as a JSON object; anything else reads as an empty one, so that each field is simply missing. */
export function objectBody(request: SandboxRequest): Readonly<Record<string, unknown>> {
  return asObject(request.json) ?? {};
}

/** Narrows to a non-empty string, or `undefined`. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Narrows to an array whose length lies between two bounds, or `undefined`. */
export function asList(
  value: unknown,
  least: number,
  most: number,
): readonly unknown[] | undefined {
  return Array.isArray(value) && value.length >= least && value.length <= most ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
