/**
 * One field of a multipart form.
 *
 * @internal
 */
export interface FormPart {
  readonly name: string;
  /** Only for files. */
  readonly fileName: string | undefined;
  readonly content: string;
}

/**
 * Reads a `multipart/form-data` body, or `undefined` if it is none. Text only: the sandbox takes no other files.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7578
 * @internal
 */
export function readMultipart(
  contentType: string | undefined,
  body: Buffer,
): readonly FormPart[] | undefined {
  const [, quoted, plain] =
    /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return undefined;
  const sections = `\r\n${body.toString('utf8')}`.split(`\r\n--${boundary}`).slice(1, -1);
  return sections.flatMap((section) => readPart(section));
}

function readPart(section: string): readonly FormPart[] {
  const end = section.indexOf('\r\n\r\n');
  const head = section.slice(0, end);
  const name = /[; ]name="([^"]*)"/i.exec(head)?.[1];
  if (end < 0 || name === undefined) return [];
  const fileName = /filename="([^"]*)"/i.exec(head)?.[1];
  return [{ name, fileName, content: section.slice(end + 4) }];
}

/**
 * Reads a form of either encoding into its fields; of fields with one name the last one counts.
 *
 * @internal
 */
export function readForm(
  contentType: string | undefined,
  body: Buffer,
): ReadonlyMap<string, string> {
  const parts = readMultipart(contentType, body);
  if (parts === undefined) return new Map(new URLSearchParams(body.toString('utf8')));
  return new Map(parts.map(({ name, content }) => [name, content]));
}
