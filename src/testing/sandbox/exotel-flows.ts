/*
 * Exotel's call flows: an incoming call that passes through applets, and queries your server on the way.
 *
 * https://support.exotel.com/support/solutions/articles/48283-working-with-passthru-applet — Passthru
 * https://support.exotel.com/support/solutions/articles/3000088074, …/3000096873 — Connect; …/3000084635 — Gather
 *
 * Documented: GET with a query, its fields, digits in quotation marks, the constant `EndTime`, the header `Exotel-Version`, 200 and 302 of
 * Passthru. From working code: the fields of the JSON answers. A real flow is built in the dashboard; here it is an argument.
 */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

import { exotelSid, toIndianTime } from './exotel-notation.js';
import type { ProviderSetup } from './provider.js';
import { asObject } from './read-body.js';

/** An applet of a flow, and the address that it queries. */
export type ExotelApplet =
  | { readonly applet: 'gather' | 'connect'; readonly url: string }
  | {
      readonly applet: 'passthru';
      readonly url: string;
      /** Where 200 leads, before the rest of the flow. */
      readonly first?: readonly ExotelApplet[];
      /** Where 302 leads. */
      readonly second?: readonly ExotelApplet[];
    };

/** An incoming call. */
export interface ExotelIncomingCall {
  /** @defaultValue `09876500001` */
  readonly from?: string;
  /** What the caller presses at each Gather in turn. */
  readonly presses?: readonly string[];
  readonly customField?: string;
}

/** What an applet sent and received. */
export interface ExotelFlowStep {
  readonly applet: ExotelApplet['applet'];
  readonly url: string;
  readonly status: number;
  readonly body: string;
  /** What a Connect applet dials. */
  readonly dialled: readonly string[];
}

/** Verbs about call flows. */
export interface ExotelFlows {
  /** Calls an ExoPhone and runs the flow behind it. Resolves when the flow is over, with what each applet sent and received. */
  callIn(
    flow: readonly ExotelApplet[],
    call?: ExotelIncomingCall,
  ): Promise<readonly ExotelFlowStep[]>;
}

export function createExotelFlows({ now }: ProviderSetup): {
  readonly verbs: ExotelFlows;
  reset(): void;
} {
  let calls = 0;
  return {
    verbs: {
      async callIn(flow, { from = '09876500001', presses = [], customField = '' } = {}) {
        calls += 1;
        const at = toIndianTime(now());
        const known: Record<string, string> = {
          CallSid: exotelSid('incoming', calls),
          ...{ CallFrom: from, CallTo: '08012345678', From: from, To: '08012345678' },
          ...{ CallStatus: 'in-progress', Direction: 'incoming', CallType: 'call-attempt' },
          ...{ Created: at, StartTime: at, CurrentTime: at, EndTime: '1970-01-01 05:30:00' },
          ...{ DialCallDuration: '0', DialWhomNumber: '', flow_id: '1', tenant_id: '1' },
          CustomField: customField,
        };
        const keys = [...presses];
        const steps: ExotelFlowStep[] = [];
        const rest = [...flow];
        for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
          const { status, body } = await ask(next.url, known);
          const dialled = next.applet === 'connect' && status === 200 ? numbersIn(body) : [];
          steps.push({ applet: next.applet, url: next.url, status, body, dialled });
          if (next.applet === 'passthru') {
            rest.unshift(...((status === 200 ? next.first : next.second) ?? []));
          } else if (next.applet === 'gather') {
            known.digits = `"${keys.shift() ?? ''}"`;
          } else {
            const [agent = ''] = dialled;
            const CallType = agent === '' ? 'incomplete' : 'completed';
            const DialCallStatus = agent === '' ? 'no-answer' : 'completed';
            Object.assign(known, { DialWhomNumber: agent, CallType, DialCallStatus });
          }
        }
        return steps;
      },
    },
    reset() {
      calls = 0;
    },
  };
}

/** A number, several separated by commas, or JSON. */
function numbersIn(body: string): readonly string[] {
  if (!body.trim().startsWith('{')) return body.split(',').map((number) => number.trim());
  const numbers = asObject(asObject(JSON.parse(body))?.destination)?.numbers;
  return Array.isArray(numbers) ? numbers.map(String) : [];
}

/** A redirect counts as an answer here, and is not followed. */
function ask(
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ status: number; body: string }> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(fields)) address.searchParams.set(name, value);
  return new Promise((resolve, reject) => {
    // No connection is kept, so that a server can close as soon as it has answered.
    const outgoing = request(address, { agent: false, headers: { 'Exotel-Version': '1.0' } });
    outgoing.on('response', (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
