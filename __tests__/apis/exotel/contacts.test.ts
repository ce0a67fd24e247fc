import { buffer } from 'node:stream/consumers';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import {
  createExotelApi,
  toContactsCsv,
  type ExotelContact,
  type ExotelContactUploadInput,
} from '../../../src/apis/exotel/index.js';
import { answerNext } from '../canned-answer.js';
import { json, serve } from '../../setup/loopback-server.js';
import { CCM, exotelApi } from './exotel-account.js';

const ACCEPTED = {
  request_id: 'rq-5',
  method: 'POST',
  http_code: 202,
  response: {
    code: 202,
    status: 'accepted',
    data: {
      upload_id: 'up-1',
      total_records: 10_000,
      status: 'processing',
      estimated_time_seconds: 30,
    },
  },
};
const contacts = (count: number): ExotelContact[] =>
  Array.from({ length: count }, (_, index) => ({
    phoneNumber: `+9198${String(index).padStart(8, '0')}`,
    firstName: 'Asha',
    lastName: `Rao, ${index}`,
  }));

/** A server that takes an upload and keeps the form it got. */
async function uploadServer() {
  const forms: FormData[] = [];
  const host = await serve((request, response) => {
    void buffer(request)
      .then((body) =>
        new Response(new Uint8Array(body), {
          headers: { 'content-type': request.headers['content-type']! },
        }).formData(),
      )
      .then((form) => {
        forms.push(form);
        json(response, 202, ACCEPTED);
      });
  });
  return { host, forms };
}

describe('contacts.upload', () => {
  it('sends 10,000 rows as a form, reports its progress, and reads what was accepted', async () => {
    const { host, forms } = await uploadServer();
    const progress: (number | undefined)[] = [];
    const api = exotelApi({ hosts: { ccm: host } });
    const upload = await api.contacts.upload(
      { contacts: contacts(10_000), listId: 'list-1', duplicateAction: 'update' },
      { onUploadProgress: (event) => progress.push(event.progress) },
    );
    expect(upload).toEqual({
      uploadId: 'up-1',
      status: 'processing',
      totalRecords: 10_000,
      estimatedSeconds: 30,
      requestId: 'rq-5',
      raw: ACCEPTED,
    });
    const [form] = forms;
    const file = form?.get('file') as File;
    const lines = (await file.text()).trimEnd().split('\r\n');
    expect([file.name, file.type, lines.length]).toEqual(['contacts.csv', 'text/csv', 10_001]);
    expect(lines[1]).toBe('+919800000000,Asha,"Rao, 0",,,,');
    expect([form?.get('list_id'), form?.get('duplicate_action')]).toEqual(['list-1', 'update']);
    expect(progress.at(-1)).toBe(1);
  });

  it('sends a form also from an instance whose default content type is JSON', async () => {
    const { host, forms } = await uploadServer();
    const instance = axios.create({ headers: { 'Content-Type': 'application/json' } });
    const api = createExotelApi(instance, { accountSid: 'acme', hosts: { ccm: host } });
    await api.contacts.upload({ csv: 'phone_number\n+910000000000\n', fileName: 'mine.CSV' });
    expect((forms[0]?.get('file') as File).name).toBe('mine.CSV');
  });

  it('takes a file from disk without reading it first', async () => {
    const { host, forms } = await uploadServer();
    const folder = await mkdtemp(join(tmpdir(), 'contacts-'));
    try {
      const path = join(folder, 'contacts.csv');
      await writeFile(path, 'phone_number\n+910000000000\n');
      await exotelApi({ hosts: { ccm: host } }).contacts.upload({ csv: await openAsBlob(path) });
      expect(await (forms[0]?.get('file') as File).text()).toBe('phone_number\n+910000000000\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each<[string, string, unknown]>([
    ['neither file nor contacts', 'contacts', {}],
    ['both', 'contacts', { contacts: [], csv: 'phone_number\n' }],
    ['no contacts', 'contacts', { contacts: [] }],
    [
      'too many contacts',
      'contacts',
      { contacts: Array(50_001).fill({ phoneNumber: '+910000000000' }) },
    ],
    [
      'a number that is none',
      'contacts.1.phoneNumber',
      { contacts: [{ phoneNumber: '+910000000000' }, { phoneNumber: '98' }] },
    ],
    [
      'an unknown column',
      'contacts.0.age',
      { contacts: [{ phoneNumber: '+910000000000', age: 4 }] },
    ],
    ['a file without header', 'csv', { csv: '+910000000000\n' }],
    ['a file without rows', 'csv', { csv: 'phone_number\n' }],
    ['an empty file', 'csv', { csv: '' }],
    ['a file above 10 MB', 'csv', { csv: new Uint8Array(10 * 1024 * 1024 + 1) }],
    [
      'a file above 50 000 rows',
      'csv',
      { csv: `phone_number\n${'+910000000000\n'.repeat(50_001)}` },
    ],
    ['a file of another kind', 'fileName', { csv: 'phone_number\n1', fileName: 'contacts.xlsx' }],
    [
      'an unknown action',
      'duplicateAction',
      { csv: 'phone_number\n1', duplicateAction: 'replace' },
    ],
  ])('refuses %s and names it', async (_what, field, input) => {
    const upload = exotelApi().contacts.upload(input as ExotelContactUploadInput);
    await expect(upload).rejects.toMatchObject({ code: 'ERR_API_INPUT', field });
  });

  it('counts records, not lines', async () => {
    const { host } = await uploadServer();
    const quoted = `"first_name","phone_number"\n${'"a\nb",+910000000000\n'.repeat(30_000)}`;
    const { contacts: uploads } = exotelApi({ hosts: { ccm: host } });
    expect(await uploads.upload({ csv: new TextEncoder().encode(quoted) })).toMatchObject({
      uploadId: 'up-1',
    });
  });

  it('says so when the answer holds no upload id', async () => {
    answerNext(CCM, 'POST', { status: 202, body: { response: { status: 'accepted', data: {} } } });
    await expect(exotelApi().contacts.upload({ contacts: contacts(1) })).rejects.toMatchObject({
      reason: 'unexpected-body',
    });
  });
});

it('contacts.status reads how far an upload is, from an answer without envelope', async () => {
  const sent = answerNext(CCM, 'GET', {
    body: {
      response: {
        data: {
          upload_id: 'up-1',
          status: 'processing',
          total_records: 10,
          successful: 7,
          failed: 2,
          duplicates_skipped: 1,
          error_file_id: 'ef-1',
        },
      },
    },
  });
  expect(await exotelApi().contacts.status('up-1')).toMatchObject({
    uploadId: 'up-1',
    status: 'processing',
    totalRecords: 10,
    successful: 7,
    failed: 2,
    duplicatesSkipped: 1,
    errorFileId: 'ef-1',
  });
  expect(sent[0]?.path).toBe('/v2/accounts/acme/contacts/upload/up-1');
});

it('contacts.errors reads the rows that were not taken', async () => {
  const row = {
    row_number: 3,
    phone_number: '98',
    error_code: 'INVALID_PHONE',
    error_message: 'no',
  };
  const sent = answerNext(CCM, 'GET', {
    body: {
      response: {
        code: 200,
        status: 'success',
        data: {
          upload_id: 'up-1',
          error_count: 1,
          errors: [row],
          error_file_url: 'https://x.invalid/e',
        },
      },
    },
  });
  expect(await exotelApi().contacts.errors('up-1')).toMatchObject({
    errorCount: 1,
    errors: [{ rowNumber: 3, phoneNumber: '98', code: 'INVALID_PHONE', message: 'no' }],
    errorFileUrl: 'https://x.invalid/e',
  });
  expect(sent[0]?.path).toBe('/v2/accounts/acme/contacts/upload/up-1/errors');
});

it('toContactsCsv quotes what needs quotes', () => {
  const csv = toContactsCsv([
    { phoneNumber: '+910000000000', firstName: 'A "B"', company: 'C, D', tag: 'e\nf' },
  ]);
  expect(csv).toBe(
    'phone_number,first_name,last_name,email,company,tag,custom_field_1\r\n' +
      '+910000000000,"A ""B""",,,"C, D","e\nf",\r\n',
  );
});
