/*
 * Truecaller for Business, Verified Business: names and reasons for calls that are about to be made.
 *
 * https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-personalisation/call-personalisation-real-time-v2
 * https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-personalisation/call-personalisation-batch-v2
 *
 * Documented: the paths, the fields and their bounds, 500 records in a batch, the answers to a good record, to a bad one and to a batch,
 * the reasons why a record is not pushed, 100 real-time calls a second and 60 batches a minute for each token.
 * Hypothesis: 400 for a bad record, 200 for one that is not pushed; what a request over the limit gets (429 as `{ slug, message }`);
 * 403 for another account; that a batch is done at once; 404 for an unknown batch.
 */
import { json, type Answer } from './answers.js';
import { createCredentialBox } from './credential-box.js';
import {
  startProvider,
  withVerbs,
  type ProviderSetup,
  type SandboxProvider,
  type StartedProvider,
} from './provider.js';
import { asList, asObject, asText, objectBody } from './read-body.js';
import { route } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import { createRateLimit } from './rate-limit.js';
import { createCallMeBacks, type TruecallerCallMeBacks } from './truecaller-call-me-back.js';
import { MISSING_HEADER, truecallerFailure, unauthorized } from './truecaller-failure.js';
import { createTruecallerTokens, fakeUuid } from './truecaller-tokens.js';

/** Credentials of the sandbox's Truecaller for Business calls. */
export interface TruecallerCallsCredentials {
  readonly clientAccountId: string;
  readonly apiKey: string;
  readonly keyId: string;
}

/** A call record as it was received. */
export type TruecallerCallRecordPayload = Readonly<Record<string, unknown>>;

/** The sandbox's Truecaller for Business calls. */
export interface TruecallerCallsSandbox
  extends SandboxProvider<TruecallerCallsCredentials>, TruecallerCallMeBacks {
  /** Accepted real-time records, oldest first. */
  readonly callRecords: readonly TruecallerCallRecordPayload[];
  /** Accepted batches, each with its records, oldest first. */
  readonly batches: readonly (readonly TruecallerCallRecordPayload[])[];
  /** Pushes nothing more to that receiver (12 digits), for a reason such as `Not a Truecaller user`. */
  refuseReceiver(receiverNumber: string, reason: string): void;
  /** Whether the limit of 10 tokens per 30 minutes holds. On at the start. */
  enforceTokenRateLimit(on?: boolean): void;
  /** Whether the limits of 100 records a second and 60 batches a minute hold. On at the start. */
  enforceCallRateLimit(on?: boolean): void;
}

/** Starts Truecaller for Business calls. */
export async function startTruecallerCalls(
  setup: ProviderSetup,
): Promise<StartedProvider<TruecallerCallsSandbox>> {
  const { now } = setup;
  const credentials = createCredentialBox((generation) => ({
    clientAccountId: fakeUuid(1, 'e'),
    apiKey: fakeUuid(generation, 'c'),
    keyId: fakeUuid(generation, 'd'),
  }));
  const { ledger, lifetime, rateLimit, issueToken } = createTruecallerTokens(
    setup,
    'sandbox_truecaller_calls',
    credentials,
  );
  const { clientAccountId } = credentials.current;
  const perSecond = createRateLimit({ now, most: 100, windowMs: 1_000 });
  const batchesPerMinute = createRateLimit({ now, most: 60, windowMs: 60_000 });
  const events = createCallMeBacks(setup, clientAccountId);
  const callRecords: TruecallerCallRecordPayload[] = [];
  const batches: (readonly TruecallerCallRecordPayload[])[] = [];
  const refused = new Map<unknown, string>();

  const ownRoute = (method: string, name: string, answer: (request: SandboxRequest) => Answer) =>
    route(method, `/v2/clients/:client/${name}`, (request, { client }) =>
      client === clientAccountId
        ? answer(request)
        : truecallerFailure(403, 'forbidden-error', 'not authorized. please contact your admin.'),
    );
  const tooMany = () => truecallerFailure(429, 'rate-limit-error', 'Too many requests');
  const infoOf = ({ receiver_number: receiver }: TruecallerCallRecordPayload) => {
    const reason = refused.get(receiver);
    return reason === undefined
      ? { status: 'success', message: 'Record processed successfully' }
      : { status: 'error', message: reason };
  };

  const started = await startProvider(setup, {
    name: 'truecallerCalls',
    credentials,
    ledger,
    lifetime,
    tokenPath: '/clients/:clientAccountId/token',
    refuse: (rejection) =>
      unauthorized(rejection === 'missing' ? MISSING_HEADER : 'please login again'),
    notFound: () => truecallerFailure(404, 'not-found-error', 'Not found'),
    hosts: [
      {
        label: 'truecallerCalls',
        token: issueToken,
        routes: [
          ownRoute('POST', 'dynamic_call_record', (request) => {
            if (!perSecond.allow(request.token)) return tooMany();
            const record = objectBody(request);
            const field = faultIn(record, now());
            if (field !== undefined) return badRecord(field);
            callRecords.push(record);
            // The newest copy of the page writes this member in camelCase, and this one only.
            return json(200, { statusInfo: infoOf(record) });
          }),
          ownRoute('POST', 'dynamic_call_records', (request) => {
            if (!batchesPerMinute.allow(request.token)) return tooMany();
            const records = asList(objectBody(request).call_records, 1, 500)?.map(
              (record) => asObject(record) ?? {},
            );
            if (records === undefined) return badRecord('call_records');
            const field = records.map((record) => faultIn(record, now())).find(Boolean);
            if (field !== undefined) return badRecord(field);
            batches.push(records);
            return json(200, { batch_id: fakeUuid(batches.length, 'f') });
          }),
          ownRoute('GET', 'dynamic_call_records', ({ query }) => {
            const id = query.get('batchId');
            const records = batches.find((_, index) => fakeUuid(index + 1, 'f') === id);
            if (records === undefined) {
              return truecallerFailure(404, 'not-found-error', 'No such batch');
            }
            const data = records.map((record, index) => ({
              id: fakeUuid(index + 1, 'a'),
              ...record,
              status_info: infoOf(record),
            }));
            return json(200, { batch_id: id, client_account_id: clientAccountId, data });
          }),
        ],
      },
    ],
    reset() {
      rateLimit.reset();
      perSecond.reset();
      batchesPerMinute.reset();
      events.reset();
      refused.clear();
      callRecords.length = batches.length = 0;
    },
  });
  const provider = withVerbs(started.provider, {
    callRecords,
    batches,
    refuseReceiver: (receiver: string, reason: string) => void refused.set(receiver, reason),
    enforceTokenRateLimit: (on = true) => rateLimit.enforce(on),
    enforceCallRateLimit: (on = true) => {
      perSecond.enforce(on);
      batchesPerMinute.enforce(on);
    },
    ...events.verbs,
  });
  return {
    provider,
    async close() {
      await Promise.all([started.close(), events.close()]);
    },
  };
}

function badRecord(field: string): Answer {
  return json(400, { status: 'error', field, message: `Request body is invalid: ${field}` });
}

const DAY_MS = 24 * 3_600_000;

/** The first field of a record that breaks a documented rule. */
function faultIn(record: TruecallerCallRecordPayload, now: number): string | undefined {
  const { starts_at: from, ends_at: to } = record;
  const holds: Record<string, boolean> = {
    caller_number: isIndian(record.caller_number),
    receiver_number: isIndian(record.receiver_number),
    starts_at: Number.isInteger(from),
    ends_at: Number.isInteger(to) && Number(to) >= now && Number(to) - Number(from) <= DAY_MS,
    dynamic_label_name: isTextOf(record.dynamic_label_name, 3, 40),
    dynamic_call_reason: isTextOf(record.dynamic_call_reason, 10, 100),
  };
  return Object.keys(holds).find((field) => holds[field] === false);
}

function isIndian(value: unknown): boolean {
  return typeof value === 'string' && /^91\d{10}$/.test(value);
}

function isTextOf(value: unknown, least: number, most: number): boolean {
  if (value === undefined) return true;
  const length = asText(value)?.length ?? 0;
  return length >= least && length <= most;
}
