import type { OpenWord } from '../../open-word.js';
import { readWebhookBody, requiredText } from '../../webhook-body.js';
import { textsIn } from '../../wire-values.js';
import { parseExotelTime } from '../exotel-time.js';

/** The health of the account's ExoPhones, posted every few minutes. "Beta" according to its docs. */
export interface ExotelHeartbeat {
  /** `WARNING`: some are affected; `CRITICAL`: all. */
  status: OpenWord<'OK' | 'WARNING' | 'CRITICAL' | 'PAYLOAD_TOO_LARGE'>;
  time: Date | undefined;
  /** Sids of ExoPhones. */
  incomingAffected: readonly string[];
  outgoingAffected: readonly string[];
  /** `data` in it holds details whose fields are not documented. */
  raw: unknown;
}

/**
 * Reads the heartbeat webhook. Exotel signs nothing. Answer 200 within 15 seconds.
 *
 * @throws ApiPayloadError if the body is not a heartbeat.
 * @see https://developer.exotel.com/docs/heartbeat/webhook-format
 */
export function parseHeartbeat(body: unknown): ExotelHeartbeat {
  const fields = readWebhookBody(body) ?? {};
  return {
    status: requiredText(fields, 'status_type', { api: 'exotel', payload: 'heartbeat' }),
    time: parseExotelTime(fields.timestamp, '+00:00'),
    incomingAffected: textsIn(fields.incoming_affected),
    outgoingAffected: textsIn(fields.outgoing_affected),
    raw: body,
  };
}
