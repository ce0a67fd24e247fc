import type { AxiosResponse } from 'axios';

import { setCause } from '../concealment/any-object.js';
import type { Answer } from './answer.js';
import type { Sent } from './exchange.js';
import type { ReplayBody } from './replay-body.js';
import { noteRefusal, type ReplayRefusal } from '../resource-call/replay-refusal.js';

/** What the caller gets if the 401 is not healed, as from bare axios. */
export type Original =
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'response'; readonly response: AxiosResponse };

/** A 401 on our token, in the shape of an axios error. axios-auth-refresh writes to `config`, so it is a separate object. */
export class Rejection {
  readonly config: { readonly rejection: Rejection };
  readonly response: Answer;
  readonly sent: Sent;
  readonly original: Original;
  /** Set before the request is sent again. */
  body!: ReplayBody;
  /** Why it is not sent again if no other token comes. */
  withoutToken!: ReplayRefusal;
  /** The id of the mint that this 401 forced, if any. */
  forcedMint: number | undefined;

  constructor(sent: Sent, answer: Answer, original: Original) {
    this.config = { rejection: this };
    this.response = answer;
    this.sent = sent;
    this.original = original;
  }

  /** Records why the request is not sent again. The caller gets the original outcome, with `cause` if something failed. */
  refuse(because: ReplayRefusal, cause?: unknown): void {
    const { original, sent } = this;
    const outcome = original.kind === 'error' ? original.error : original.response;
    noteRefusal(because, outcome, sent.config);
    sent.attachment.source.emit('replayRefused', { because });
    if (original.kind === 'error' && cause !== undefined) setCause(original.error, cause);
  }
}
