/*
 * How the work of each parser of untrusted input grows: unsigned webhook bodies, answers, headers, and server texts that are
 * scrubbed. Each gets inputs that are made to be slow, as ten pieces of 100 kB and as one of 1 MB.
 *
 *   npm run bench:hostile-input
 *
 * Work that grows with the length costs the same either way, and work that grows with its square ten times as much for the one
 * piece. The two take turns, and the fastest of several rounds counts, as the one least disturbed by the rest of the machine.
 * Fails if the one piece costs more than three times as much.
 */
import {
  parseCampaignCallback,
  parseCcmCallback,
  parseFlowRequest,
  parseHeartbeat,
  parseVoiceCallback,
} from '../src/apis/exotel/index.js';
import { toErrorResponse } from '../src/apis/error-response.js';
import { toE164 } from '../src/apis/phone-numbers.js';
import { toContactsCsv, toCsvBlob } from '../src/apis/exotel/contacts-csv.js';
import { readVoiceXml } from '../src/apis/exotel/voice-xml.js';
import { parseTruecallerCallEvent, parseTruecallerEvent } from '../src/apis/truecaller/index.js';
import { isStandardRejection } from '../src/resource-call/token-rejection.js';
import { scrubText } from '../src/concealment/scrub-text.js';
import { retryAfterMs } from '../src/platform/retry-after.js';
import { oauthErrorFields } from '../src/token-call/token-failure.js';
import { accessTokenProblem } from '../src/token-call/access-token-checks.js';
import { readJSON } from '../src/token-call/read-json.js';
import { epochMilliseconds, jwtClaims, positiveNumber } from '../src/token/lifetime.js';

const SMALL = 100_000;
const LARGE = 1_000_000;
/** One, and what caches and a larger heap cost. */
const MOST = 3;
const ROUNDS = 5;
/** What takes less than this at 1 MB is harmless, and too short to compare. */
const LEAST_MS = 10;

type Input = (length: number) => unknown;

const repeated =
  (piece: string, before = '', after = ''): Input =>
  (length) =>
    before + piece.repeat(length / piece.length) + after;

/** As many fields as there is room for, each with a different name. */
const fields =
  (name: (id: string) => string, before = ''): Input =>
  (length) => {
    let body = before;
    for (let i = 0; body.length < length; i += 1) body += `&${name(i.toString(36))}=1`;
    return body;
  };

const callback = 'CallSid=x&Status=completed';
const voiceCallbacks: Readonly<Record<string, Input>> = {
  'fields of one leg': fields((id) => `Legs[0][a${id}]`, callback),
  'fields of all legs': fields((id) => `Legs[${id.length}][a${id}]`, callback),
  'fields of one leg, as an object': (length) =>
    Object.fromEntries(
      new URLSearchParams(fields((id) => `Legs[0][a${id}]`, callback)(length) as string),
    ),
  'other fields': fields((id) => id, callback),
  'one field, many times': repeated('&Legs[0][Id]=1', callback),
  'legs as JSON': repeated('[', `${callback}&Legs=`),
  'a sentence': repeated('x '),
  'no value': repeated('a', '', ' '),
  'percent signs': repeated('%25', `${callback}&To=`),
  'a time': repeated('2020-01-01 ', `${callback}&StartTime=`),
  'a time of blanks': (length) => ({
    CallSid: 'x',
    Status: 'y',
    StartTime: `${' '.repeat(length)}z`,
  }),
  'a fraction of a second': repeated('9', `${callback}&StartTime=2020-01-01 00:00:00.`, 'x'),
  'a number of digits': repeated('9', `${callback}&ConversationDuration=`, 'x'),
};

/** Parsers, and the inputs most likely to be slow for each. */
const PARSERS: readonly (readonly [
  string,
  (input: never) => unknown,
  Readonly<Record<string, Input>>,
])[] = [
  ['parseVoiceCallback', parseVoiceCallback, voiceCallbacks],
  [
    'parseCcmCallback',
    parseCcmCallback,
    {
      'a deep structure': repeated('[', '{"call_sid":"x","event_type":'),
      'a number of digits': repeated('9', 'call_sid=x&event_type=y&duration='),
      'other fields': fields((id) => id, 'call_sid=x&event_type=y'),
    },
  ],
  [
    'parseCampaignCallback',
    parseCampaignCallback,
    {
      'sids of calls': repeated('"a",', '{"campaign_sid":"x","call_sids":[', '"a"]}'),
      'sids in one text': repeated('a,', '{"campaign_sid":"x","call_sids":"', '"}'),
      'a time of blanks': repeated(' ', 'campaign_sid=x&call_sid=y&date_created='),
    },
  ],
  [
    'parseFlowRequest',
    parseFlowRequest,
    {
      'fields of a stream': fields((id) => `Stream[a${id}]`, '/hook?CallSid=x'),
      'a stream as JSON': repeated('[', 'CallSid=x&Stream={"a":'),
      'question marks': repeated('?', '/hook', 'CallSid=x'),
      'quoted digits': repeated('"', 'CallSid=x&digits='),
      'a time in words': repeated('Jan ', 'CallSid=x&Created=Tue, 01 '),
    },
  ],
  ['parseHeartbeat', parseHeartbeat, { sids: repeated('1,', '{"status_type":"OK","a":[', '1]}') }],
  [
    'parseTruecallerEvent',
    parseTruecallerEvent,
    {
      'a time of digits': repeated('9', '{"event_id":"x","click_timestamp":"', '"}'),
      'a time of words': repeated('May 1 ', '{"event_id":"x","click_timestamp":"', '"}'),
      'a time in brackets': repeated('(', '{"event_id":"x","click_timestamp":"', '"}'),
    },
  ],
  [
    'parseTruecallerCallEvent',
    parseTruecallerCallEvent,
    {
      'a time of digits': repeated('9', '{"event_id":"x","event_type":"cmb","created_at":"', '"}'),
      'a time of words': repeated(
        'May 1 ',
        '{"event_id":"x","event_type":"cmb","created_at":"',
        '"}',
      ),
    },
  ],
  [
    'readVoiceXml',
    readVoiceXml,
    {
      'roots that do not end': repeated('<TwilioResponse>'),
      'roots that are not closed': repeated('<TwilioResponse '),
      'calls that do not end': repeated('<Call>', '<TwilioResponse>', '</TwilioResponse>'),
      'calls that are not closed': repeated('<Call ', '<TwilioResponse>', '</TwilioResponse>'),
      'fields that do not end': repeated(
        '<a>',
        '<TwilioResponse><Call>',
        '</Call></TwilioResponse>',
      ),
      'a name that does not end': repeated(
        'a',
        '<TwilioResponse><Call><',
        '</Call></TwilioResponse>',
      ),
      'blanks in tags': repeated(' ', '<TwilioResponse><Call><a', '</Call></TwilioResponse>'),
      'entities that do not end': repeated(
        '&#x41',
        '<TwilioResponse><Call><a>',
        '</a></Call></TwilioResponse>',
      ),
      entities: repeated('&amp;', '<TwilioResponse><Call><a>', '</a></Call></TwilioResponse>'),
    },
  ],
  [
    'toE164',
    (text: string) => toE164(text, 'IN'),
    { blanks: repeated(' ', '+91'), digits: repeated('9'), brackets: repeated('(0)', '+') },
  ],
  [
    'toErrorResponse',
    (body: unknown) => toErrorResponse({ status: 500, body }, ['my-very-secret']),
    {
      texts: (length) => Array<string>(length / 100).fill('a '.repeat(50)),
      fields: (length) =>
        Object.fromEntries(Array.from({ length: length / 10 }, (_, i) => [`k${i}`, 'a'])),
      'a long text': repeated('a '),
    },
  ],
  [
    'toCsvBlob',
    (csv: string) => toCsvBlob(csv, 'bench'),
    {
      rows: repeated('+919876543210,a,b,c,d,e,f,g\n', 'phone_number,a\n'),
      quotes: repeated('"', 'phone_number\n'),
      'a header that does not end': repeated(','),
    },
  ],
  [
    'toContactsCsv',
    toContactsCsv,
    {
      'quotes in a field': (length) => [{ phoneNumber: '+919876543210', tag: '"'.repeat(length) }],
    },
  ],
  [
    'readJSON',
    readJSON,
    {
      'leading zeros': repeated('0', '{"a":', '}'),
      'numbers with leading zeros': repeated('00,', '['),
      'blanks before a zero': repeated(' ', '{"a":'),
      colons: repeated(': '),
      'strings that do not end': repeated('"\\'),
      'a string of escapes': repeated('\\"', '"'),
      'a deep structure': repeated('[', '', '00'),
    },
  ],
  [
    'an OAuth error',
    (text: string) =>
      oauthErrorFields({ error: text, error_description: text }, ['my-very-secret']),
    { words: repeated('a '), blanks: repeated(' ', 'a', 'a'), Base64: repeated('bXkt') },
  ],
  ['accessTokenProblem', accessTokenProblem, { 'a long token': repeated('a') }],
  ['jwtClaims', jwtClaims, { 'a claim set': repeated('a', 'a.', '.a'), dots: repeated('a.') }],
  [
    'a lifetime',
    (text: string) => [positiveNumber(text), epochMilliseconds(text)],
    {
      digits: repeated('9', '', 'x'),
      blanks: repeated(' ', '1', 'x'),
      'a date': repeated('0', '2020-01-01T00:00:00.', 'x'),
    },
  ],
  [
    'Retry-After',
    (text: string) => retryAfterMs(text, 0),
    {
      digits: repeated('9'),
      years: repeated(' 2020', 'Wed, '),
      blanks: repeated(' ', 'Wed, ', '1'),
      brackets: repeated('(', 'Wed, '),
    },
  ],
  [
    'WWW-Authenticate',
    (header: string) =>
      isStandardRejection({ status: 401, headers: { 'www-authenticate': header } }),
    { errors: repeated('error '), blanks: repeated(' ', 'error'), equals: repeated('error="') },
  ],
  [
    'scrubText',
    (text: string) =>
      scrubText(text, ['my-very-secret', 'a+b/c=d%e&f g\\', 'client-id-77', 'aaaaaaab']),
    Object.fromEntries(
      [
        'a',
        '%25',
        '&amp;',
        '\\',
        '+',
        '=',
        '&#0000000',
        'eyJ-',
        'eyJ.',
        'Basic ',
        'Bearer  ',
        'my-very-',
        '..',
        'a b ',
        'a/',
        'bXktdmVyeS',
      ].map((piece) => [JSON.stringify(piece), repeated(piece)]),
    ),
  ],
];

function processorMs(run: (input: never) => unknown, input: unknown, times: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i += 1) {
    try {
      run(input as never);
    } catch {
      // A typed error is also an answer; the tests check the results.
    }
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

let isLinear = true;
for (const [parser, run, inputs] of PARSERS) {
  for (const [name, input] of Object.entries(inputs)) {
    const [small, large] = [input(SMALL), input(LARGE)];
    let [inPieces, inOne] = [Infinity, Infinity];
    for (let round = 0; round < ROUNDS && inOne + inPieces > LEAST_MS; round += 1) {
      inPieces = Math.min(inPieces, processorMs(run, small, LARGE / SMALL));
      inOne = Math.min(inOne, processorMs(run, large, 1));
      if (inOne < 1.5 * inPieces) break;
    }
    const isSlow = inOne > LEAST_MS && inOne > MOST * inPieces;
    isLinear &&= !isSlow;
    const growth = inOne > LEAST_MS ? `x ${(inOne / inPieces).toFixed(1)}` : '';
    console.log(
      `${parser.padEnd(26)}${name.padEnd(34)}${inPieces.toFixed(1).padStart(9)} ms` +
        `${inOne.toFixed(1).padStart(9)} ms   ${growth}${isSlow ? '  grows faster than its input' : ''}`,
    );
  }
}
process.exitCode = isLinear ? 0 : 1;
