/*
 * Exotel's recordings, on the sandbox's one Exotel server.
 *
 * https://custdev.freshdesk.com/support/solutions/articles/3000129985
 *
 * Documented: a recording's address is private and takes Basic; a signed address, if the feature is enabled for the account, lives for
 * 5 minutes or as long as `RecordingUrlValidity` says, 5 to 60.
 * Hypothesis: the form of a signed address; 401 without credentials, 403 once it has expired; 400 for both kinds of credentials, as
 * S3 answers; the content type.
 */
import { createHash } from 'node:crypto';
import type { Answer } from './answers.js';
import type { ProviderSetup } from './provider.js';
import { route, type Access, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/** Verbs about recordings. */
export interface ExotelRecordings {
  /** Signs the addresses of recordings, as Exotel does once that is enabled for the account. Off at the start. */
  signRecordings(on?: boolean): void;
}

export interface RecordingBook extends ApiPart<ExotelRecordings> {
  /** Keeps the recording of a call that has ended: from now on it can be fetched. */
  keep(callSid: string): void;
  /** The private address of a call's recording. */
  addressOf(callSid: string): string;
  /** The signed address; `undefined` if the feature is off. */
  signedAddressOf(callSid: string, minutes: number): string | undefined;
}

/** A second of silence: MPEG-1 layer 3 at 128 kbit/s, 44.1 kHz, whose frames have 417 bytes. */
const SILENCE = Buffer.concat(
  Array<Buffer>(38).fill(Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)])),
);

export function createExotelRecordings(
  { now }: ProviderSetup,
  hasBasic: (request: SandboxRequest) => boolean,
  origin: () => string,
): RecordingBook {
  const kept = new Set<string>();
  let signs = false;
  const signatureOf = (file: string, expires: string) =>
    createHash('sha256').update(`sandbox ${file} ${expires}`).digest('hex');

  const access: Access = (request) => {
    const { query, headers, path } = request;
    const signature = query.get('Signature');
    if (signature === null) return hasBasic(request) ? undefined : text(401, 'Unauthorized');
    if (headers.authorization !== undefined) {
      return text(400, 'Only one auth mechanism is allowed');
    }
    const expires = query.get('Expires') ?? '';
    const file = path.split('/').at(-1) ?? '';
    const good = signature === signatureOf(file, expires) && now() <= Number(expires);
    return good ? undefined : text(403, 'Request has expired');
  };

  return {
    routes: [
      route(
        'GET',
        '/recordings/:file',
        (_request, { file }) =>
          kept.has(file)
            ? { status: 200, headers: { 'content-type': 'audio/mpeg' }, body: SILENCE }
            : text(404, 'Not found'),
        access,
      ),
    ],
    verbs: {
      signRecordings(on = true) {
        signs = on;
      },
    },
    keep(callSid) {
      kept.add(`${callSid}.mp3`);
    },
    addressOf: (callSid) => recordingAt(origin(), callSid),
    signedAddressOf(callSid, minutes) {
      if (!signs) return undefined;
      const expires = String(now() + minutes * 60_000);
      const signature = signatureOf(`${callSid}.mp3`, expires);
      return `${recordingAt(origin(), callSid)}?Expires=${expires}&Signature=${signature}`;
    },
    reset() {
      kept.clear();
      signs = false;
    },
  };
}

export function recordingAt(origin: string, callSid: string): string {
  return `${origin}/recordings/${callSid}.mp3`;
}

function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}
