import { ApiInputError } from '../api-input-error.js';
import type { ApiRequestOptions } from '../request-options.js';
import { headerOf } from '../../concealment/any-object.js';
import { concealStream } from '../../concealment/conceal.js';
import { concealSecrets } from '../send-request.js';
import { asRecord, numberOf, textOf } from '../wire-values.js';
import type { ExotelErrorReason } from './error-reasons.js';
import { bytesOf, type ExotelClient } from './exotel-client.js';

/** Where a recording can be fetched: a Voice v1 call, or `{ recordingUrl }` with an address from another answer. */
export interface ExotelRecordingPlace {
  recordingUrl?: string | undefined;
  /** Takes precedence. */
  signedRecordingUrl?: string | undefined;
}

/** A recording. */
export interface ExotelRecording<Body> {
  body: Body;
  /** `audio/mpeg` or `audio/wav`, as the server says: the docs do not say. */
  contentType: string | undefined;
  /** From `Content-Length`. */
  sizeBytes: number | undefined;
}

/** Where to fetch a recording, and whether the API key may go there. */
interface RecordingSource {
  url: URL;
  withApiKey: boolean;
}

/** How a recording arrives. */
export interface ExotelRecordingBody {
  bytes: Uint8Array;
  /** For `pipeline(body, createWriteStream(…))` or `for await`. */
  stream: AsyncIterable<Uint8Array>;
}

/** The last argument of `voice.downloadRecording`: axios request config for this call, including `onDownloadProgress`. */
export interface ExotelDownloadOptions<
  As extends keyof ExotelRecordingBody,
> extends ApiRequestOptions {
  /** A stream suits long calls: two channels take some 20 MB a minute. @defaultValue `bytes` */
  as?: As | undefined;
}

const OPERATION = 'voice.downloadRecording';

/** @internal */
export async function downloadRecording<As extends keyof ExotelRecordingBody>(
  client: ExotelClient,
  place: ExotelRecordingPlace,
  { as, ...options }: ExotelDownloadOptions<As> = {},
): Promise<ExotelRecording<ExotelRecordingBody[As]>> {
  const { recordingHosts, hostOf } = client.options;
  const source = toRecordingSource(place, [
    ...recordingHosts,
    hostOf('voice', OPERATION).replace(/\/*$/, '/'),
  ]);
  const { headers, body } = await client.download(
    {
      operation: OPERATION,
      ...source,
      responseType: as === 'stream' ? 'stream' : 'arraybuffer',
      explain: (status) => explain(status, source),
    },
    options,
  );
  return {
    // The response type decides what axios returns: a Node or web stream, both of which can be iterated.
    body: (as === 'stream' ? withoutSecrets(body) : bytesOf(body)) as ExotelRecordingBody[As],
    contentType: textOf(headerOf(headers, 'content-type')),
    sizeBytes: numberOf(headerOf(headers, 'content-length')),
  };
}

/** A Node stream references its request, and so do the errors with which axios ends it. */
function withoutSecrets(body: unknown): unknown {
  const listen = asRecord(body)?.prependListener;
  if (typeof listen === 'function') listen.call(body, 'error', concealSecrets);
  return concealStream(body);
}

function explain(
  status: number,
  { withApiKey }: RecordingSource,
): { reason?: ExotelErrorReason; note?: string } {
  if (status === 404)
    return { note: 'A recording can take a few minutes to appear after the call.' };
  return status === 403 && !withApiKey
    ? {
        reason: 'file-expired',
        note: 'The signed address is no longer valid: get a new one from voice.get.',
      }
    : {};
}

/**
 * Decides where a recording is fetched, and with which credentials.
 *
 * A signed address gets no credentials: it needs none, and S3 refuses a request that has two kinds. Any other gets the API key, so it
 * has to begin with one of `hosts`: an address may have come from a callback, which anyone can post.
 *
 * @throws ApiInputError naming what is missing, or `recordingHosts` for an address elsewhere.
 */
function toRecordingSource(
  { recordingUrl, signedRecordingUrl }: ExotelRecordingPlace,
  hosts: readonly string[],
): RecordingSource {
  const isSigned = signedRecordingUrl !== undefined;
  const field = isSigned ? 'signedRecordingUrl' : 'recordingUrl';
  const address = isSigned ? signedRecordingUrl : recordingUrl;
  if (address === undefined) {
    throw refused(
      field,
      'is missing: the call was not recorded, or its recording is not ready yet',
    );
  }
  if (!URL.canParse(address)) throw refused(field, 'must be an http or https URL');
  const url = new URL(address);
  url.username = '';
  url.password = '';
  const isListed = hosts.some((host) => isWithin(url, host));
  if (isListed || (isSigned && url.protocol === 'https:')) return { url, withApiKey: !isSigned };
  throw refused(
    field,
    isSigned
      ? 'must be an https URL'
      : 'is on a host that must not get the API key: if it is yours, name it in the option recordingHosts',
  );
}

/** Compared as parsed URLs: `https://recordings.exotel.com@elsewhere` begins with the host, and leads elsewhere. */
function isWithin({ origin, pathname }: URL, host: string): boolean {
  const allowed = new URL(host);
  return origin === allowed.origin && pathname.startsWith(allowed.pathname);
}

function refused(field: string, problem: string): ApiInputError {
  return new ApiInputError({ api: 'exotel', operation: OPERATION, field, problem });
}
