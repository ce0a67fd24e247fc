/** The property of an error that says where a list stopped. */
const CURSOR = 'cursor';

/**
 * Where to resume after an iterator's error: everything before this point was returned, nothing after it. For `voice.iterate` and
 * `voice.pages` pass it as `cursor`, for iterators that page by offset as `offset: Number(cursor)`.
 */
export function cursorOf(error: unknown): string | undefined {
  const cursor = error instanceof Error && CURSOR in error ? error[CURSOR] : undefined;
  return typeof cursor === 'string' ? cursor : undefined;
}

/** The same error, whatever its type, with the place to resume. @internal */
export function withCursor(error: unknown, cursor: string): unknown {
  if (error instanceof Error && Object.isExtensible(error)) {
    Object.defineProperty(error, CURSOR, { value: cursor, enumerable: true, configurable: true });
  }
  return error;
}
