import { read } from '../concealment/any-object.js';

/**
 * To be called before an error is kept. Until its stack is read, V8 holds the functions on it, and everything that they use: signals,
 * timers, the async context of a request. The same goes for its causes.
 */
export function forgetFrames(error: unknown): void {
  for (const path of [[], ['cause'], ['cause', 'cause']]) read(error, ...path, 'stack');
}
