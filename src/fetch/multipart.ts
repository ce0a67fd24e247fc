import { randomHex } from '../platform/random-hex.js';

/**
 * A form as fetch would send it, with a boundary that is chosen once: fetch chooses a new one for each send, and the bytes of a replay
 * would differ. Files in it are not read.
 *
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
export function multipartBlob(form: FormData): {
  readonly body: Blob;
  readonly contentType: string;
} {
  const boundary = `axios-bearer-${randomHex()}`;
  const parts: BlobPart[] = [];
  for (const [name, value] of form) {
    parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="${escaped(lines(name))}"`);
    if (typeof value === 'string') parts.push(`\r\n\r\n${lines(value)}\r\n`);
    else {
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      parts.push(`; filename="${escaped(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`);
      parts.push(value, '\r\n');
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { body: new Blob(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}

/** Line ends as the standard writes them. */
function lines(text: string): string {
  return text.replace(/\r?\n|\r/g, '\r\n');
}

function escaped(name: string): string {
  return name.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');
}
