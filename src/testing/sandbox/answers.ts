/** What a route answers, before it becomes HTTP. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** Response headers besides `date` and `content-length`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body; several buffers are written one by one in chunked encoding. */
  readonly body?: string | Buffer | readonly Buffer[];
  /** Milliseconds to wait, in real time, before the answer is written. */
  readonly afterMs?: number;
}

/** JSON text to be written unchanged, even if it is not valid JSON. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** Answers with a value as JSON. A {@link RawJson} inside it is written unchanged. */
export function json(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: toJsonText(value),
  };
}

/** Answers with headers only. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers };
}

/** Says that the test, not the provider, is at fault: for example, a switch got a value that cannot be sent. */
export function sandboxFailure(error: unknown): Answer {
  return json(500, { message: `The test kit failed: ${String(error)}` });
}

function toJsonText(value: unknown): string {
  const raw: string[] = [];
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (!(member instanceof RawJson)) return member;
    raw.push(member.text);
    return `@@raw-${raw.length - 1}@@`;
  });
  if (raw.length === 0) return text;
  return text.replace(/"@@raw-(\d+)@@"/g, (_match, index: string) => raw[Number(index)] ?? 'null');
}
