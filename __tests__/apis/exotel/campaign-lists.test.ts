import { describe, expect, it } from '@jest/globals';
import type { ExotelCampaignContactInput } from '../../../src/apis/exotel/index.js';
import { allOf, answerNext, failureOf } from '../canned-answer.js';
import { exotelApi, VOICE } from './exotel-account.js';

const PATH = '/v2/accounts/acme';
const LIST = { sid: 'fakelist1', name: 'VIP', tag: 't', date_created: '2030-01-01T10:00:00+05:30' };
const WIRE_INPUT = {
  number: '+910000000001',
  first_name: 'Asha',
  last_name: 'Rao',
  company_name: 'Acme',
  email: 'a@example.invalid',
  tag: 't',
  custom: { city: 'Pune' },
};
const CONTACT = {
  ...WIRE_INPUT,
  sid: 'fakecontact1',
  date_created: '2030-01-01T10:00:00+05:30',
};
const PARSED_CONTACT = {
  contactSid: 'fakecontact1',
  number: '+910000000001',
  firstName: 'Asha',
  lastName: 'Rao',
  companyName: 'Acme',
  email: 'a@example.invalid',
  tag: 't',
  custom: { city: 'Pune' },
  createdTime: new Date('2030-01-01T10:00:00+05:30'),
  raw: CONTACT,
};
const INPUT: ExotelCampaignContactInput = {
  number: '+910000000001',
  firstName: 'Asha',
  lastName: 'Rao',
  companyName: 'Acme',
  email: 'a@example.invalid',
  tag: 't',
  custom: { city: 'Pune' },
};

const done = (data: unknown) => ({ code: 200, status: 'success', error_data: null, data });
const failed = (code: number) => ({
  code: 400,
  status: 'failure',
  error_data: { code, message: 'no', description: 'no' },
  data: null,
});
const around = (response: unknown, status = 200, metadata?: unknown) => ({
  status,
  body: { request_id: 'rq-4', http_code: status, metadata, response },
});

describe('a contact', () => {
  it('is created, wrapped as in working code', async () => {
    const sent = answerNext(VOICE, 'POST', around([done(CONTACT)], 207));
    expect(await exotelApi().campaignContacts.create(INPUT)).toEqual(PARSED_CONTACT);
    expect(sent).toMatchObject([{ path: `${PATH}/contacts`, body: { contacts: [WIRE_INPUT] } }]);
  });

  it('that Exotel refuses is an error, although HTTP says 207', async () => {
    answerNext(VOICE, 'POST', around([failed(1002)], 207));
    await expect(exotelApi().campaignContacts.create(INPUT)).rejects.toMatchObject({
      status: 400,
      httpStatus: 207,
      exotelCode: 1002,
    });
  });

  it('is updated, read and deleted by its sid', async () => {
    const { campaignContacts } = exotelApi();
    const put = answerNext(VOICE, 'PUT', around(done(CONTACT)));
    const get = answerNext(VOICE, 'GET', around(done(CONTACT)));
    const deleted = answerNext(VOICE, 'DELETE', around(done(null)));
    await campaignContacts.update('fakecontact1', { tag: 'vip' });
    expect(await campaignContacts.get('fakecontact1')).toEqual(PARSED_CONTACT);
    await campaignContacts.delete('fakecontact1');
    const path = `${PATH}/contacts/fakecontact1`;
    expect([...put, ...get, ...deleted]).toMatchObject([
      { path, body: { tag: 'vip' } },
      { path },
      { path },
    ]);
  });

  it('is listed by its lists, at most 20 at once', async () => {
    const sent = answerNext(VOICE, 'GET', around([done(CONTACT)]));
    const { campaignContacts } = exotelApi();
    const query = { listSids: ['l-1', 'l-2'], withLists: true, limit: 20 };
    expect((await campaignContacts.list(query)).items).toEqual([PARSED_CONTACT]);
    expect(sent[0]?.path).toBe(`${PATH}/contacts?limit=20&list_sids=l-1%2Cl-2&filter=show_list`);
    await expect(campaignContacts.list({ limit: 21 })).rejects.toMatchObject({ field: 'limit' });
  });
});

describe('many contacts', () => {
  const rows = [{ number: '+910000000001' }, { number: '12' }, { number: '+910000000003' }];

  it('each get the outcome that Exotel reports', async () => {
    answerNext(VOICE, 'POST', around([done(CONTACT), failed(1002)], 207, { total: 2, success: 1 }));
    const answer = await exotelApi().campaignContacts.createMany([INPUT, INPUT]);
    expect(answer.rows).toEqual([
      { status: 'done', index: 0, item: PARSED_CONTACT },
      { status: 'failed', index: 1, failure: { index: 1, code: 1002, message: 'no' } },
    ]);
  });

  it('are all checked before anything is sent', async () => {
    const error = await failureOf(exotelApi().campaignContacts.createMany(rows));
    expect(error).toMatchObject({ code: 'ERR_API_INPUT', field: '1.number' });
  });

  it('that Exotel does not mention fail, with the advice to look before sending them again', async () => {
    answerNext(VOICE, 'POST', around([{ code: 200, status: 'success', data: null }], 207));
    const { rows: told } = await exotelApi().campaignContacts.createMany([INPUT]);
    expect(told).toMatchObject([
      {
        status: 'failed',
        failure: { message: expect.stringContaining('before you send it again') },
      },
    ]);
  });

  it('are sent without the bad rows on request, and reported by their index', async () => {
    const sent = answerNext(VOICE, 'POST', around([done(CONTACT), failed(1002)], 207));
    const answer = await exotelApi().campaignContacts.createMany(rows, { onInvalid: 'skip' });
    expect(sent[0]?.body).toEqual({
      contacts: [{ number: '+910000000001' }, { number: '+910000000003' }],
    });
    expect(answer.rows).toMatchObject([
      { status: 'done', index: 0 },
      {
        status: 'failed',
        index: 1,
        failure: { index: 1, code: 'ERR_API_INPUT', message: expect.stringContaining('1.number') },
      },
      { status: 'failed', index: 2, failure: { index: 2, code: 1002 } },
    ]);
  });

  it('need no request when all of them are invalid', async () => {
    const { campaignContacts } = exotelApi();
    const answer = await campaignContacts.createMany([{ number: '1' }], { onInvalid: 'skip' });
    expect(answer.rows).toMatchObject([{ status: 'failed', index: 0 }]);
  });

  it.each([
    ['none', []],
    ['5001', Array(5001).fill(INPUT)],
  ])('are refused when there are %s', async (_, contacts) => {
    await expect(exotelApi().campaignContacts.createMany(contacts)).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      message: expect.stringContaining('from 1 to 5000 rows'),
    });
  });

  it.each([
    ['fewer rows', [done(CONTACT)]],
    ['one envelope', done(CONTACT)],
  ])('are no success when the answer has %s', async (_, response) => {
    answerNext(VOICE, 'POST', around(response, 207));
    await expect(exotelApi().campaignContacts.createMany([INPUT, INPUT])).rejects.toMatchObject({
      reason: 'unexpected-body',
      message: expect.stringContaining('each of the 2 rows; Exotel may have accepted them'),
    });
  });

  it('are changed by their sids', async () => {
    const sent = answerNext(VOICE, 'PUT', around([done(CONTACT)], 207));
    await exotelApi().campaignContacts.updateMany([{ contactSid: 'c-1', tag: 'vip' }]);
    expect(sent[0]?.body).toEqual({ contacts: [{ sid: 'c-1', tag: 'vip' }] });
  });

  it('are a bare array by choice', async () => {
    const sent = answerNext(VOICE, 'POST', around([done(CONTACT)], 207));
    const api = exotelApi({ wire: { campaignBody: 'bare' } });
    await api.campaignContacts.createMany([INPUT]);
    expect(sent[0]?.body).toEqual([WIRE_INPUT]);
  });
});

describe('a list', () => {
  it.each([
    ['wrapped', { lists: [{ name: 'VIP', tag: 't' }] }],
    ['bare', { name: 'VIP', tag: 't' }],
  ] as const)('is created, %s', async (campaignBody, body) => {
    const sent = answerNext(VOICE, 'POST', around([done(LIST)]));
    const api = exotelApi({ wire: { campaignBody } });
    expect(await api.campaignLists.create({ name: 'VIP', tag: 't' })).toEqual({
      listSid: 'fakelist1',
      name: 'VIP',
      tag: 't',
      createdTime: new Date('2030-01-01T10:00:00+05:30'),
      raw: LIST,
    });
    expect(sent).toMatchObject([{ path: `${PATH}/lists`, body }]);
  });

  it('whose name is taken is an error inside HTTP 200', async () => {
    const error_data = { description: 'List name already exists' };
    answerNext(VOICE, 'POST', around([{ code: 409, status: 'failure', error_data, data: null }]));
    await expect(exotelApi().campaignLists.create({ name: 'VIP' })).rejects.toMatchObject({
      status: 409,
      httpStatus: 200,
      reason: 'conflict',
      description: 'List name already exists',
    });
  });

  it('is renamed, alone or with others', async () => {
    const { campaignLists } = exotelApi();
    const sent = answerNext(VOICE, 'PUT', around(done(LIST)), around([done(LIST)], 207));
    await campaignLists.rename('fakelist1', 'Gold');
    await campaignLists.renameMany([{ listSid: 'fakelist1', name: 'Gold' }]);
    expect(sent).toMatchObject([
      { path: `${PATH}/lists/fakelist1`, body: { name: 'Gold' } },
      { path: `${PATH}/lists`, body: { lists: [{ sid: 'fakelist1', name: 'Gold' }] } },
    ]);
    await expect(campaignLists.rename('fakelist1', ' ')).rejects.toMatchObject({ field: 'name' });
  });

  it('is one of many that are created at once', async () => {
    const sent = answerNext(VOICE, 'POST', around([done(LIST), failed(1008)], 207));
    const lists = [{ name: 'VIP' }, { name: 'Gold' }];
    const { rows } = await exotelApi().campaignLists.createMany(lists);
    expect(rows.map(({ status }) => status)).toEqual(['done', 'failed']);
    expect(sent[0]?.body).toEqual({ lists });
  });

  it('is listed and read', async () => {
    const sent = answerNext(VOICE, 'GET', around([done(LIST)]), around(done(LIST)));
    const { campaignLists } = exotelApi();
    expect((await campaignLists.list({ name: 'VIP' })).items).toMatchObject([{ name: 'VIP' }]);
    expect(await campaignLists.get('fakelist1')).toMatchObject({ listSid: 'fakelist1' });
    expect(sent.map(({ path }) => path)).toEqual([
      `${PATH}/lists?name=VIP`,
      `${PATH}/lists/fakelist1`,
    ]);
  });

  it('has contacts, which are added and removed', async () => {
    const { campaignLists } = exotelApi();
    const posted = answerNext(
      VOICE,
      'POST',
      around([done({ contact_sid: 'c-1' }), failed(1000)], 207, { success: 1, total: 2 }),
    );
    const { rows } = await campaignLists.addContacts('fakelist1', ['c-1', 'c-2']);
    expect(rows.map(({ status }) => status)).toEqual(['done', 'failed']);
    expect(posted).toMatchObject([
      {
        path: `${PATH}/lists/fakelist1/contacts`,
        body: { contact_references: [{ contact_sid: 'c-1' }, { contact_sid: 'c-2' }] },
      },
    ]);

    answerNext(VOICE, 'GET', around([done(CONTACT)], 200, { total: 1 }));
    expect(await allOf(campaignLists.iterateContacts('fakelist1'))).toEqual([PARSED_CONTACT]);

    const deleted = answerNext(VOICE, 'DELETE', around(done(null)));
    await campaignLists.removeContact('fakelist1', 'c-1');
    expect(deleted[0]?.path).toBe(`${PATH}/lists/fakelist1/contacts/c-1`);
  });
});

describe('a CSV file', () => {
  const upload = { upload_id: 'fakeupload1', list_sid: 'fakelist1', status: 'processing' };

  it('becomes a list: the file goes into the field file_name', async () => {
    const sent = answerNext(VOICE, 'POST', { body: { response: [done(upload)] } });
    const file = { listName: 'VIP', csv: 'number,name\n+910000000001,A', type: 'dynamic' } as const;
    expect(await exotelApi().campaignLists.uploadCsv(file)).toMatchObject({
      uploadId: 'fakeupload1',
      listSid: 'fakelist1',
      status: 'processing',
    });
    expect(sent[0]?.path).toBe(`${PATH}/contacts/csv-upload`);
    const parts = String(sent[0]?.body).replaceAll('\r\n', '\n');
    expect(parts).toContain('name="list_name"\n\nVIP');
    expect(parts).toContain('name="type"\n\ndynamic');
    expect(parts).toContain('name="file_name"; filename="contacts.csv"');
  });

  it('is counted while it is read in', async () => {
    const counts = { total_records: 4, success_count: 2, duplicate_count: 1, failure_count: 1 };
    const data = { upload_id: 'fakeupload1', status: 'in-progress', ...counts };
    const sent = answerNext(VOICE, 'GET', { body: { response: [done(data)] } });
    expect(await exotelApi().campaignLists.csvStatus('fakeupload1')).toMatchObject({
      status: 'in-progress',
      totalRecords: 4,
      successful: 2,
      duplicates: 1,
      failed: 1,
    });
    expect(sent[0]?.path).toBe(`${PATH}/csv-status/fakeupload1`);
  });

  it.each([
    ['without the column number', 'phone\n1', 'static', 'csv'],
    ['without rows', 'number\n', 'static', 'csv'],
    ['with too many rows for a static list', `number\n${'1\n'.repeat(100_001)}`, 'static', 'csv'],
    ['of another type', 'number\n1', 'mixed', 'type'],
  ])('%s is refused before it is sent', async (_, csv, type, field) => {
    const file = { listName: 'VIP', csv, type: type as 'static' };
    await expect(exotelApi().campaignLists.uploadCsv(file)).rejects.toMatchObject({ field });
  });
});
