import type { SandboxRequest } from './sandbox-request.js';

/** The form in the body of a request, multipart or urlencoded; without fields if the body is not a form. */
export async function formOf({ headers, body }: SandboxRequest): Promise<FormData> {
  const read = new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  });
  return read.formData().catch(() => new FormData());
}

/** The text in the fields of a form; of fields with the same name, the last one counts. */
export function textsIn(form: FormData): ReadonlyMap<string, string> {
  const fields = [...form].filter(
    (field): field is [string, string] => typeof field[1] === 'string',
  );
  return new Map(fields);
}
