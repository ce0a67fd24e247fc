import type { AxiosDefaults, InternalAxiosRequestConfig } from 'axios';

import type { Place, TokenProof } from '../provider-definition/token-placement.js';
import type { TokenSource } from '../token-source/token-source.js';
import type { OriginGuard } from './origin-guard.js';
import type { RedirectGuard } from './redirect-guard.js';

/** Called before a request is sent again, with the new token and the body in place. */
export type ReplayHook = (config: InternalAxiosRequestConfig) => void | Promise<void>;

/** One provider on one instance, as the interceptors see it. */
export interface Attachment {
  readonly source: TokenSource;
  readonly guard: OriginGuard;
  /** Where its tokens go in a request. */
  readonly place: Place;
  /** What each send carries alongside the token. */
  readonly proof: TokenProof | undefined;
  readonly redirects: RedirectGuard | undefined;
  readonly onForeignOrigin: 'pass' | 'error';
  readonly onReplay: ReplayHook | undefined;
  /** The instance's defaults, for a config that lost its adapter on the way. */
  readonly defaults: Pick<AxiosDefaults, 'adapter'> | undefined;
}

/** The attachment for the origin that a request goes to; `undefined` if there is none. */
export function servingAttachment(
  attachments: readonly Attachment[],
  config: InternalAxiosRequestConfig,
): Attachment | undefined {
  for (const attachment of attachments) {
    if (attachment.guard.destinationOf(config) === 'own') return attachment;
  }
  return undefined;
}
