import type { InternalAxiosRequestConfig } from 'axios';

import type { AccessToken } from '../token/access-token.js';
import type { TokenParams } from '../token/token-params.js';
import type { Attachment } from './attachment.js';

/**
 * One request of an attached instance, from its interceptors to its answer.
 *
 * axios lists the response interceptors of a request right after its request interceptors, so the two of one request can
 * share this object. Nothing has to be recognised in what comes back: an adapter may answer with any config, or with none.
 */
export interface Exchange {
  /** Set once a token has been attached. */
  sent: Sent | undefined;
  /** Whether this version of axios copies a config with a prototype before it sends it: its own have none. */
  copies: boolean;
}

/** What was attached to a request, and what is needed to send it again. */
export interface Sent {
  readonly attachment: Attachment;
  /** As it was handed to axios, which sends this very object. */
  readonly config: InternalAxiosRequestConfig;
  readonly token: AccessToken;
  readonly params: TokenParams | undefined;
  /** The body before axios transformed it. */
  readonly rawBody: unknown;
  /** By the monotonic clock; 0 where the request has no time-out to keep. */
  readonly startedAt: number;
  /** The caller's time-out in milliseconds, which waiting, acquisition and replay share; 0 if there is none. */
  readonly timeoutMs: number;
  /** The time-out as the caller wrote it, which may be text. */
  readonly writtenTimeout: unknown;
  /** The one that the adapter was given: what was left. */
  readonly usedTimeout: unknown;
  /** Sees the answer where axios hands on too little of it. */
  readonly watch: AnswerWatch | undefined;
}

/** Sees an answer before axios has read it, by something put into the config for one send. */
export interface AnswerWatch {
  /** Leaves a config that comes back as it was. It may be a copy of the one that was sent. */
  takeOff(config: InternalAxiosRequestConfig): void;
  /** Status and headers of the answer; `undefined` if none has come. */
  seen(): { readonly status: unknown; readonly headers: unknown } | undefined;
}
