import * as v from 'valibot';
import { filledText, flag, httpUrl, oneOf, wholeNumber } from '../../input-fields.js';
import { exoPhone, phoneField, toE164 } from '../../phone-numbers.js';
import { validateInput } from '../../validate-input.js';

/**
 * What to answer an applet: `response.writeHead(status, headers).end(body)` in Node and Express,
 * `new Response(body, { status, headers })` elsewhere.
 */
export interface ExotelFlowAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Whom a programmable Connect applet dials, and how. Without a field, the applet's own setting applies. */
export interface ExotelConnectAnswerInput {
  /** With their country; dialled in order, or at once with `parallelRinging`. Empty: dials no one, and continues at "We didn't dial anyone". */
  numbers: readonly string[];
  /** A SIP trunk to dial over. */
  trunk?: string | undefined;
  /** Whether Exotel asks again after each failed attempt. @defaultValue false */
  fetchAfterAttempt?: boolean | undefined;
  /** The ExoPhone that the agent sees. */
  outgoingPhoneNumber?: string | undefined;
  record?: boolean | undefined;
  recordingChannels?: 'single' | 'dual' | undefined;
  maxRingingSeconds?: number | undefined;
  maxConversationSeconds?: number | undefined;
  musicOnHold?: 'default_tone' | 'operator_tone' | undefined;
  /** Spoken to both parties when they are connected. */
  spokenAtStart?: string | undefined;
  /** How many are rung at once, from 2 to 5. */
  parallelRinging?: number | undefined;
  /** Where to post updates on each attempt. Their fields are not documented. */
  attemptUrl?: string | undefined;
  /** SIP headers: at most 3, 200 bytes in total; names must not begin with `Exotel-` or `Veeno-`. */
  customParams?: Readonly<Record<string, string>> | undefined;
}

/** What a Gather applet asks the caller. */
export interface ExotelGatherAnswerInput {
  /** What is spoken first. */
  prompt: string;
  maxDigits: number;
  /** The key that ends the input, or `''` for none. @defaultValue `#` */
  finishOnKey?: string | undefined;
  /** How long it waits for a key. @defaultValue 5 */
  timeoutSeconds?: number | undefined;
  /** How many times it asks again. @defaultValue 0 */
  repeat?: number | undefined;
  /** What is spoken when it asks again. @defaultValue `prompt` */
  repeatPrompt?: string | undefined;
}

/**
 * Answers a synchronous Passthru applet: 200 leads to its first branch, a bare 302 to its second.
 *
 * @throws ApiInputError for another branch.
 * @see https://support.exotel.com/support/solutions/articles/48283-working-with-passthru-applet
 */
export function toPassthruAnswer(branch: 'first' | 'second'): ExotelFlowAnswer {
  const operation = 'toPassthruAnswer';
  const chosen = validateInput(oneOf(['first', 'second']), branch, { api: 'exotel', operation });
  return plain('', chosen === 'first' ? 200 : 302);
}

/**
 * Answers a Passthru applet that a Switch Case applet follows, with the exact name of the case.
 *
 * @throws ApiInputError for an empty name.
 */
export function toSwitchAnswer(name: string): ExotelFlowAnswer {
  const operation = 'toSwitchAnswer';
  const select = validateInput(filledText, name, { api: 'exotel', operation });
  return plain(JSON.stringify({ select }));
}

/**
 * Answers a Connect applet that asks an address whom to dial: one number, or several, dialled in order.
 *
 * @throws ApiInputError for a number without its country.
 * @see https://support.exotel.com/support/solutions/articles/3000088074
 */
export function toDialWhomAnswer(numbers: readonly string[]): ExotelFlowAnswer {
  const operation = 'toDialWhomAnswer';
  return plain(validateInput(someNumbers, numbers, { api: 'exotel', operation }).join(','));
}

/**
 * Answers a programmable Connect applet. Answer within 5 seconds: otherwise, or after any status other than 200, Exotel asks the
 * applet's fallback address.
 *
 * The article shows only part of its table: the fields are those that working code sends. Exotel is reported to drop `sip:` addresses
 * silently, so they are refused here.
 *
 * @throws ApiInputError naming the invalid field.
 * @see https://support.exotel.com/support/solutions/articles/3000096873
 */
export function toConnectAnswer(input: ExotelConnectAnswerInput): ExotelFlowAnswer {
  const operation = 'toConnectAnswer';
  const asked = validateInput(connectSchema, input, { api: 'exotel', operation });
  const { spokenAtStart, parallelRinging, customParams } = asked;
  return json({
    fetch_after_attempt: asked.fetchAfterAttempt ?? false,
    destination: { numbers: asked.numbers, trunk: asked.trunk },
    outgoing_phone_number: asked.outgoingPhoneNumber,
    record: asked.record,
    recording_channels: asked.recordingChannels,
    max_ringing_duration: asked.maxRingingSeconds,
    max_conversation_duration: asked.maxConversationSeconds,
    music_on_hold: asked.musicOnHold && { type: asked.musicOnHold },
    start_call_playback: spokenAtStart && {
      playback_to: 'both',
      type: 'text',
      value: spokenAtStart,
    },
    parallel_ringing: parallelRinging && {
      activate: true,
      max_parallel_attempts: parallelRinging,
    },
    dial_passthru_event_url: asked.attemptUrl,
    custom_params: customParams && new URLSearchParams(customParams).toString(),
  });
}

/**
 * Answers a Gather applet that asks an address what to do. All fields are sent: an incomplete set has been seen to fail. The
 * digits come with the request of the next applet, unchecked.
 *
 * @throws ApiInputError naming the invalid field.
 * @see https://support.exotel.com/support/solutions/articles/3000084635
 */
export function toGatherAnswer(input: ExotelGatherAnswerInput): ExotelFlowAnswer {
  const operation = 'toGatherAnswer';
  const asked = validateInput(gatherSchema, input, { api: 'exotel', operation });
  return json({
    gather_prompt: { text: asked.prompt },
    max_input_digits: asked.maxDigits,
    finish_on_key: asked.finishOnKey,
    input_timeout: asked.timeoutSeconds,
    repeat_menu: asked.repeat,
    repeat_gather_prompt: { text: asked.repeatPrompt ?? asked.prompt },
  });
}

const agent = phoneField(
  (text) => toE164(text),
  'must be a phone number with its country, like +919876543210',
);
const agents = v.array(agent, 'must be an array of numbers');
const someNumbers = v.pipe(agents, v.minLength(1, 'must not be empty'));

const connectSchema = v.strictObject({
  numbers: agents,
  trunk: v.optional(filledText),
  fetchAfterAttempt: v.optional(flag),
  outgoingPhoneNumber: v.optional(exoPhone),
  record: v.optional(flag),
  recordingChannels: v.optional(oneOf(['single', 'dual'])),
  maxRingingSeconds: v.optional(wholeNumber(1)),
  maxConversationSeconds: v.optional(wholeNumber(1)),
  musicOnHold: v.optional(oneOf(['default_tone', 'operator_tone'])),
  spokenAtStart: v.optional(filledText),
  parallelRinging: v.optional(wholeNumber(2, 5)),
  attemptUrl: v.optional(httpUrl),
  customParams: v.optional(
    v.pipe(
      v.record(v.string(), v.string('must be a string')),
      v.check(
        (params) => Object.keys(params).length <= 3 && wireBytes(params) <= 200,
        'must have at most 3 entries, 200 bytes in total',
      ),
      v.check(
        (params) => !Object.keys(params).some((name) => /^(exotel|veeno)-/i.test(name)),
        'must not have names that begin with Exotel- or Veeno-',
      ),
    ),
  ),
});

const gatherSchema = v.strictObject({
  prompt: filledText,
  maxDigits: wholeNumber(1),
  finishOnKey: v.optional(
    v.pipe(v.string(), v.regex(/^[\d*#]?$/, "must be one key, or '' for none")),
    '#',
  ),
  timeoutSeconds: v.optional(wholeNumber(1), 5),
  repeat: v.optional(wholeNumber(0), 0),
  repeatPrompt: v.optional(filledText),
});

function wireBytes(params: Readonly<Record<string, string>>): number {
  return new TextEncoder().encode(new URLSearchParams(params).toString()).length;
}

function plain(body: string, status = 200): ExotelFlowAnswer {
  return { status, headers: { 'Content-Type': 'text/plain' }, body };
}

function json(body: unknown): ExotelFlowAnswer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  };
}
