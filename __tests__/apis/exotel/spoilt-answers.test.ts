import { describe, expect, it } from '@jest/globals';
import {
  createExotelV4Api,
  parseCallDetails,
  parseMadeCall,
  type ExotelApi,
} from '../../../src/apis/exotel/index.js';
import { answerNext, failureOf, type CannedAnswer } from '../canned-answer.js';
import { PLACE } from './every-call.js';
import { authorisedInstance, CCM, exotelApi, TENANT, VOICE } from './exotel-account.js';

const inResponse = (response: unknown): CannedAnswer => ({ body: { response } });
const inData = (data: unknown) => inResponse({ data });

describe('an item of a list that is no object reads as one that says nothing', () => {
  it.each<[string, string, CannedAnswer, (api: ExotelApi) => Promise<unknown>, object]>([
    [
      'active calls',
      CCM,
      inResponse({ active_calls: [null] }),
      ({ callsV3 }) => callsV3.active(),
      { calls: [{ callSid: undefined }] },
    ],
    [
      'legs',
      CCM,
      inResponse({ leg_details: { from: ['x'], to: [{ sid: 'l' }] } }),
      ({ callsV3 }) => callsV3.legs('s'),
      { from: [{ sid: undefined }], to: [{ sid: 'l' }] },
    ],
    [
      'agents',
      CCM,
      inData({ agents: [7] }),
      ({ presence }) => presence.list(),
      { items: [{ userId: undefined, device: undefined }] },
    ],
    [
      'faulty rows',
      CCM,
      inData({ errors: ['x'] }),
      ({ contacts }) => contacts.errors('u'),
      { errors: [{ rowNumber: undefined }] },
    ],
    [
      'processes',
      TENANT,
      inResponse([null]),
      ({ configuration }) => configuration.listProcesses({ contactCenterId: 1 }),
      { items: [{ processId: undefined }] },
    ],
    [
      'campaigns',
      TENANT,
      { body: ['x'] },
      ({ configuration }) => configuration.listCampaigns(1),
      { campaigns: [{ campaignId: undefined }] },
    ],
    [
      'leads, and the users of one',
      TENANT,
      inResponse([{ data: null }, { data: { id: 5, campaignLeadUserMappings: [null] } }]),
      ({ configuration }) => configuration.listCampaignLeads(PLACE),
      { leads: [{ id: undefined }, { id: 5, userMappings: [{ campaignUserId: undefined }] }] },
    ],
    [
      'legs of a Voice v1 call',
      VOICE,
      { body: { Call: { Sid: 's', Details: { Legs: ['x'] } } } },
      ({ voice }) => voice.get('s'),
      { legs: [{ id: undefined }] },
    ],
  ])('%s', async (_, host, answer, call, read) => {
    answerNext(host, 'GET', answer);
    expect(await call(exotelApi())).toMatchObject(read);
  });

  it('but a Voice v1 call without a sid is left out of its page, which may lack everything else', async () => {
    answerNext(VOICE, 'GET', { body: { Calls: [null, { Status: 'queued' }, { Sid: 'a' }] } });
    expect(await exotelApi().voice.list()).toMatchObject({
      calls: [{ callSid: 'a' }],
      total: undefined,
      next: undefined,
    });
  });
});

describe('an answer without the requested data is not a success:', () => {
  const v4 = () =>
    createExotelV4Api(authorisedInstance(), { accountSid: 'acme', region: 'singapore' });

  it.each<[string, CannedAnswer, () => Promise<unknown>]>([
    ['no v4 user', inData(null), () => v4().users.get('u')],
    ['a v4 user without an id', inData({ name: 'Asha' }), () => v4().users.get('u')],
    ['no v4 callback', inData(undefined), () => v4().callbacks.get('c')],
    ['a v4 callback without an id', inData({ status: 'x' }), () => v4().callbacks.get('c')],
    ['no v4 voice logs', inData({}), () => v4().voiceLogs.list()],
    ['no v4 voice log', inResponse({}), () => v4().voiceLogs.get('s')],
  ])('%s', async (_, answer, call) => {
    answerNext(CCM, 'GET', answer);
    expect(await failureOf(call())).toMatchObject({
      name: 'ExotelApiError',
      reason: 'unexpected-body',
      message: expect.stringContaining('The response has no'),
    });
  });

  it('but a call list of which a call has no sid is left as it came, since its shape is not documented', async () => {
    answerNext(CCM, 'GET', inResponse([{ data: { sid: 'a' } }, { data: {} }]));
    expect(await exotelApi().calls.list()).toMatchObject({
      calls: undefined,
      raw: { response: [{ data: { sid: 'a' } }, { data: {} }] },
    });
  });

  it('an attempt of a v4 callback may still be spoilt', async () => {
    answerNext(CCM, 'GET', inData({ callback_id: 'c', attempts: [null] }));
    expect((await v4().callbacks.get('c')).callback.attempts).toMatchObject([
      { attemptNumber: undefined },
    ]);
  });
});

describe('a call that was read', () => {
  it.each([
    ['inbound', 'inbound'],
    ['outbound-dial', 'outbound'],
    ['sideways', undefined],
  ])('has the detailed direction %s as %s', (direction, read) => {
    expect(parseCallDetails({ sid: 's', direction })).toMatchObject({
      direction: read,
      directionDetail: direction,
    });
  });

  it('has Indian time if neither the record nor the caller names a zone', () => {
    const at = new Date('2030-01-02T03:04:05+05:30');
    const fields = { sid: 's', created_time: '2030-01-02 03:04:05' };
    expect(parseCallDetails(fields)?.createdTime).toEqual(at);
    expect(parseMadeCall(fields)?.createdTime).toEqual(at);
  });

  it('has its outcome under `status` where its sid is plain `sid`', () => {
    expect(parseMadeCall({ sid: 's', status: 'canceled' })?.outcome).toBe('cancelled');
    expect(parseMadeCall({ call_sid: 's', status: 'success' })?.outcome).toBeUndefined();
  });
});
