import { ApiPayloadError, type ApiPayloadErrorDetails } from './api-payload-error.js';
import { asRecord, textOf, type WireRecord } from './wire-values.js';

/** Which webhook a body should be, for errors. */
export type Webhook = Pick<ApiPayloadErrorDetails, 'api' | 'payload'>;

/** The fields of a webhook body. @throws ApiPayloadError if it has none that can be read. */
export function webhookFields(body: unknown, webhook: Webhook): WireRecord {
  const fields = readWebhookBody(body);
  if (fields !== undefined) return fields;
  const problem = 'is neither a JSON object nor a form, or is longer than 1 MB';
  throw new ApiPayloadError({ ...webhook, field: 'body', problem });
}

/** A field without which the body makes no sense. @throws ApiPayloadError if it is missing. */
export function requiredText(fields: WireRecord, field: string, webhook: Webhook): string {
  const text = textOf(fields[field]);
  if (text === undefined) throw missing(field, webhook);
  return text;
}

/** The error for a field that is missing. */
export function missing(field: string, webhook: Webhook): ApiPayloadError {
  return new ApiPayloadError({ ...webhook, field, problem: 'is missing' });
}

/** These bodies are not signed, and the documented ones are a few hundred bytes long. */
const MOST_BYTES = 1_048_576;

/**
 * A webhook body as one flat object, from whatever a web framework provides: a parsed object, `FormData`,
 * `URLSearchParams`, or the raw text or bytes of JSON or of an urlencoded form. `undefined` for anything else, and for text
 * beyond a megabyte.
 */
export function readWebhookBody(body: unknown): WireRecord | undefined {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    if (body.length > MOST_BYTES) return undefined;
    return readText((typeof body === 'string' ? body : new TextDecoder().decode(body)).trim());
  }
  if (body instanceof URLSearchParams) return Object.fromEntries(body);
  if (typeof FormData !== 'undefined' && body instanceof FormData) return formFields(body);
  return asRecord(body);
}

function readText(text: string): WireRecord | undefined {
  if (text.startsWith('{')) return readJson(text);
  // At least one key=value: otherwise any sentence would pass as a form with one empty field.
  return /^[^\s=&<>{]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : undefined;
}

function readJson(text: string): WireRecord | undefined {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function formFields(form: FormData): WireRecord {
  const fields: [string, unknown][] = [];
  form.forEach((value, key) => fields.push([key, value]));
  return Object.fromEntries(fields);
}
