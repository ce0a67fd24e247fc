/*
 * Truecaller campaigns: bulk upload on the portal host, push and exit on the webhook host.
 *
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/verified-campaigns-bulk-api
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/exit-campaign-api/exit-api
 *
 * Documented: the paths, the headers, the fields with their bounds, the message of a successful upload.
 * Hypothesis: status 200 for success; the answers of push and exit, which are not documented (here the upload's message);
 * 400 in the `{ slug, message }` shape for a payload out of bounds; that push carries its fields at the top level or in a section
 * such as `profile`.
 */
import { json, type Answer } from './answers.js';
import { asList, asObject, asText, objectBody } from './read-body.js';
import { route, type Route } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import { truecallerFailure } from './truecaller-failure.js';

/** A payload as it was received. */
export type TruecallerPayload = Readonly<Record<string, unknown>>;

/** Verbs about campaigns. */
export interface TruecallerCampaigns {
  /** Accepted bulk uploads, whole, oldest first. */
  readonly bulkUploads: readonly TruecallerPayload[];
  /** Accepted pushes to the webhook connector, oldest first. */
  readonly pushes: readonly TruecallerPayload[];
  /** Accepted exits, whole, oldest first. */
  readonly exits: readonly TruecallerPayload[];
}

const DISPLAY_UNITS: ReadonlySet<unknown> = new Set([
  'cid',
  'acs-answered',
  'acs-missed-rejected',
  'mid',
  'business-profile',
]);

/** Twelve digits without a plus sign, or the SHA-256 of exactly those. */
const RECEIVER = /^(?:\d{12}|[0-9a-f]{64})$/;

/** Creates the routes that take campaign payloads, and the lists that keep them. */
export function createTruecallerCampaigns(): {
  readonly portalRoutes: readonly Route[];
  readonly webhookRoutes: readonly Route[];
  readonly verbs: TruecallerCampaigns;
  reset(): void;
} {
  const bulkUploads: TruecallerPayload[] = [];
  const pushes: TruecallerPayload[] = [];
  const exits: TruecallerPayload[] = [];

  function accept(
    isValid: (payload: TruecallerPayload) => boolean,
    accepted: TruecallerPayload[],
  ): (request: SandboxRequest) => Answer {
    return (request) => {
      const payload = objectBody(request);
      if (!isValid(payload)) return truecallerFailure(400, 'validation-error', 'Invalid payload');
      accepted.push(payload);
      return json(200, { message: 'Payload received successfully for processing' });
    };
  }

  return {
    portalRoutes: [
      route(
        'POST',
        '/organisations/:organisationId/campaigns/bulk-upload',
        accept(isBulkUpload, bulkUploads),
      ),
    ],
    webhookRoutes: [
      route('POST', '/v2/campaigns', accept(isPush, pushes)),
      route('POST', '/v2/campaigns/exit', accept(isExit, exits)),
    ],
    verbs: { bulkUploads, pushes, exits },
    reset() {
      bulkUploads.length = pushes.length = exits.length = 0;
    },
  };
}

function isBulkUpload({ campaigns }: TruecallerPayload): boolean {
  return asList(campaigns, 1, 500)?.every(isRecipient) ?? false;
}

function isRecipient(value: unknown): boolean {
  const { campaign_id: id, receiver_number: receiver, contents } = asObject(value) ?? {};
  return (
    isCampaignId(id) &&
    isReceiver(receiver) &&
    (asList(contents, 1, 5)?.every((content) => isContent(asObject(content) ?? {})) ?? false)
  );
}

function isContent({ display_unit: unit, ttl }: TruecallerPayload): boolean {
  return DISPLAY_UNITS.has(unit) && (ttl === undefined || isDays(ttl));
}

/** Days to live: 1 to 365, as a string. */
function isDays(ttl: unknown): boolean {
  return typeof ttl === 'string' && /^\d{1,3}$/.test(ttl) && Number(ttl) >= 1 && Number(ttl) <= 365;
}

function isPush(payload: TruecallerPayload): boolean {
  const sections = [payload, ...Object.values(payload).map((section) => asObject(section) ?? {})];
  return sections.some(
    ({ campaign_id: id, receiver_number: receiver }) => isCampaignId(id) && isReceiver(receiver),
  );
}

function isExit({ data }: TruecallerPayload): boolean {
  return (
    asList(data, 1, 10)?.every((entry) => {
      const { campaign_id: id, receiver_numbers: receivers } = asObject(entry) ?? {};
      return isCampaignId(id) && (asList(receivers, 1, 1000)?.every(isReceiver) ?? false);
    }) ?? false
  );
}

function isCampaignId(value: unknown): boolean {
  return (asText(value)?.length ?? 501) <= 500;
}

function isReceiver(value: unknown): boolean {
  return typeof value === 'string' && RECEIVER.test(value);
}
