import type { InternalAxiosRequestConfig } from 'axios';

import type { AccessToken } from '../token/access-token.js';
import type { TokenParams } from '../token/token-params.js';
import type { Attachment } from './attachment.js';

/**
 * One request of an attached instance, from its interceptors to its answer.
 *
 * axios lists a request's response interceptors right after its request interceptors, so both can share this object. The answer
 * need not be matched to its request by config: an adapter may return any config, or none.
 */
export interface Exchange {
  /** Set once a token has been attached. */
  sent: Sent | undefined;
  /** Whether this version of axios copies a config that has a prototype before it sends it. */
  copies: boolean;
}

/** What was attached to a request, and what is needed to send it again. */
export interface Sent {
  readonly attachment: Attachment;
  /** The very object that axios sends. */
  readonly config: InternalAxiosRequestConfig;
  readonly token: AccessToken;
  readonly params: TokenParams | undefined;
  /** The body before axios transformed it. */
  readonly rawBody: unknown;
  /** By the monotonic clock; 0 if the request has no timeout. */
  readonly startedAt: number;
  /** The caller's timeout in milliseconds, shared by waiting, fetching and replay; 0 for none. */
  readonly timeoutMs: number;
  /** The timeout as the caller wrote it, which may be a string. */
  readonly writtenTimeout: unknown;
  /** The remaining timeout that the adapter was given last. */
  usedTimeout: unknown;
  /** Present if axios would pass on too little of the answer. */
  readonly watch: AnswerWatch | undefined;
}

/** Sees an answer before axios reads it, through hooks in the config for one send. */
export interface AnswerWatch {
  /** Removes the hooks from a config that comes back, which may be a copy. */
  takeOff(config: InternalAxiosRequestConfig): void;
  /** Status and headers of the answer; `undefined` if none has come. */
  seen(): { readonly status: unknown; readonly headers: unknown } | undefined;
}
