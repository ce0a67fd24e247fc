import { asRecord, type WireRecord } from './wire-values.js';

/**
 * A webhook body as one flat object, from whatever a web framework hands over: a parsed object, `FormData`,
 * `URLSearchParams`, or the raw text or bytes of JSON or of an urlencoded form. `undefined` when it is none of these.
 */
export function readWebhookBody(body: unknown): WireRecord | undefined {
  if (typeof body === 'string') return readText(body.trim());
  if (body instanceof Uint8Array) return readText(new TextDecoder().decode(body).trim());
  if (body instanceof URLSearchParams) return Object.fromEntries(body);
  if (typeof FormData !== 'undefined' && body instanceof FormData) return formFields(body);
  return asRecord(body);
}

function readText(text: string): WireRecord | undefined {
  if (text.startsWith('{')) return readJson(text);
  // One key=value at least: otherwise any sentence would pass as a form with one empty field.
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
