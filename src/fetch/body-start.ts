/**
 * The bytes of a body if they are within the limit; otherwise `undefined`, and the rest is not read.
 *
 * @param body - a response, or a copy of a request
 */
export async function startOf(
  body: Readable,
  longest: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (body.body === undefined) return new Uint8Array(await body.arrayBuffer());
  const reader = body.body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    chunks.push(read.value);
    length += read.value.byteLength;
    if (length > longest) {
      reader?.cancel().catch(() => undefined);
      return undefined;
    }
  }
  return joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** Firefox has no stream of a request's body, and a mock may have none. */
interface Readable {
  readonly body?: ReadableStream<Uint8Array> | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Discards a body that will not be read, since it would hold its connection. */
export function discard(body: ReadableStream | null | undefined, reason?: unknown): void {
  body?.cancel(reason).catch(() => undefined);
}
