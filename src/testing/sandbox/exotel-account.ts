/*
 * Exotel's account: its numbers, its balance, what is known about a number.
 *
 * https://github.com/rahulkumar-exo/exotel-docs, docs/exophones and docs/voice-v1/api-reference
 *
 * Documented: the paths and the fields. Hypothesis: the place of `connectivity` in the answer; `RestException` for what does not exist.
 */
import { json } from './answers.js';
import { exotelData } from './exotel-envelope.js';
import { exotelSid } from './exotel-notation.js';
import { formOf, textsIn } from './form.js';
import { route, type ApiPart } from './router.js';

const V1 = '/v1/Accounts/:accountSid';
const BETA = '/v2_beta/Accounts/:accountSid';

export function createExotelAccount(): Omit<ApiPart<never>, 'verbs'> {
  const phones = new Map<string, Record<string, unknown>>();
  let made = 0;
  reset();

  function reset(): void {
    phones.clear();
    made = 0;
    add('+918012345678', 'Main line');
  }

  function add(phoneNumber: string, friendlyName: string): Record<string, unknown> {
    const sid = exotelSid('exophone', (made += 1));
    const phone = { sid, ...offer(phoneNumber), friendly_name: friendlyName };
    phones.set(sid, phone);
    return phone;
  }

  const missing = () => json(404, { RestException: { Status: 404, Message: 'Not found' } });

  return {
    routes: [
      route('GET', `${V1}/Balance.json`, (_request, { accountSid }) =>
        json(200, {
          Account: {
            AccountSid: accountSid,
            BalanceData: {
              Balance: '100.50',
              Currency: 'INR',
              PricingPlan: 'Pay As You Go',
              DateUpdated: '2030-01-02 10:00:00',
            },
          },
        }),
      ),
      route('GET', `${V1}/Numbers/:file`, (_request, { file }) =>
        json(200, {
          Numbers: {
            PhoneNumber: file.replace(/\.json$/, ''),
            ...{ Circle: 'KA', CircleName: 'Karnataka', Type: 'Mobile' },
            ...{ Operator: 'A', OperatorName: 'Airtel', DND: 'No' },
          },
        }),
      ),
      route('GET', `${BETA}/AvailablePhoneNumbers/:country/:type`, (_request, { type }) =>
        json(200, [{ ...offer('+918012345699'), number_type: type }]),
      ),
      route('GET', `${BETA}/IncomingPhoneNumbers`, () =>
        json(200, { page: 0, page_size: 50, incoming_phone_numbers: [...phones.values()] }),
      ),
      route('POST', `${BETA}/IncomingPhoneNumbers`, async (request) => {
        const form = textsIn(await formOf(request));
        const number = form.get('PhoneNumber');
        return number === undefined
          ? json(400, { RestException: { Status: 400, Message: 'Mandatory parameter missing' } })
          : json(200, add(number, form.get('FriendlyName') ?? number));
      }),
      route('GET', `${BETA}/IncomingPhoneNumbers/:sid`, (_request, { sid }) => {
        const phone = phones.get(sid);
        return phone === undefined ? missing() : json(200, phone);
      }),
      route('PUT', `${BETA}/IncomingPhoneNumbers/:sid`, async (request, { sid }) => {
        const form = textsIn(await formOf(request));
        const phone = phones.get(sid);
        if (phone === undefined) return missing();
        for (const [field, name] of SETTINGS) if (form.has(field)) phone[name] = form.get(field);
        return json(200, phone);
      }),
      route('DELETE', `${BETA}/IncomingPhoneNumbers/:sid`, (_request, { sid }) =>
        phones.delete(sid) ? json(202, { Status: 202, Message: 'Accepted' }) : missing(),
      ),
      route('GET', '/v2/accounts/:accountSid/incoming-phone-numbers/:sid', (request, { sid }) => {
        const up = {
          status: 'active',
          last_check_time: '2030-01-02T10:00:00+05:30',
          alternate_exophone: null,
        };
        return phones.has(sid)
          ? exotelData(request, { sid, connectivity: { incoming_call: up, outgoing_call: up } })
          : missing();
      }),
    ],
    reset,
  };
}

const SETTINGS = [
  ['VoiceUrl', 'voice_url'],
  ['SMSUrl', 'sms_url'],
  ['FriendlyName', 'friendly_name'],
] as const;

function offer(phoneNumber: string): Record<string, unknown> {
  return {
    friendly_name: phoneNumber,
    phone_number: phoneNumber,
    capabilities: { voice: true, sms: false },
    ...{ country: 'IN', region: 'KA', rental_price: '499.000000', currency: 'INR' },
  };
}
