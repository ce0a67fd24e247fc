/** Far more than any chain of causes has. */
const MOST_CAUSES = 20;

/**
 * To be called before an error is kept. Until its stack is read, V8 holds the functions on it, and with them whatever they use: signals,
 * timers, the async context of a request.
 */
export function forgetFrames(error: unknown): void {
  try {
    let one = error;
    for (let depth = 0; Object(one) === one && depth < MOST_CAUSES; depth += 1) {
      Reflect.get(one as object, 'stack');
      one = Reflect.get(one as object, 'cause');
    }
  } catch {
    // A cause is the app's own, and may refuse.
  }
}
