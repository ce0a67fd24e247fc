import type { Provider } from '../provider-definition/define-provider.js';
import type { ShareTokens } from '../sharing/share-tokens.js';
import type { SharedTokenOwner } from '../sharing/refresh.js';
import type { SharedToken } from '../sharing/shared-token.js';
import type { Instant } from '../token/instant.js';
import { Accounts } from './accounts.js';
import { instantOf } from '../platform/clock.js';
import { publish } from './diagnostics.js';
import {
  Listeners,
  type TokenSourceEventName,
  type TokenSourceEvents,
  type TokenSourceListener,
} from './events.js';
import type { ResolvedTokenSourceOptions } from './options.js';
import { endsWorkWithItsRequest } from '../platform/runtime.js';

/** What all tokens of one source have in common. */
export class SourceContext {
  readonly provider: Provider;
  readonly options: ResolvedTokenSourceOptions;
  /** Set if the tokens are shared with other processes. The store brings the code for that. */
  readonly share: ((owner: SharedTokenOwner) => SharedToken) | undefined;
  #accounts: Accounts | undefined;
  isClosed = false;
  #listeners: Listeners | undefined;

  constructor(provider: Provider, options: ResolvedTokenSourceOptions) {
    this.provider = provider;
    this.options = options;
    const { store } = options;
    this.share = store && (store['~createSharedStore'] as ShareTokens)(store, this);
  }

  /** Made by the first token call: most sources are idle. */
  get accounts(): Accounts {
    const { policy, maxEntries } = this.options;
    return (this.#accounts ??= new Accounts(this.provider, policy, maxEntries));
  }

  now(): Instant {
    return instantOf(this.options.clock);
  }

  on<Name extends TokenSourceEventName>(
    name: Name,
    listener: TokenSourceListener<Name>,
  ): () => void {
    this.#listeners ??= new Listeners();
    return this.#listeners.add(name, listener);
  }

  /** Emits an event; every event names the provider. */
  emit<Name extends TokenSourceEventName>(
    name: Name,
    about: Omit<TokenSourceEvents[Name], 'provider'>,
  ): void {
    const event = { provider: this.provider.name, ...about } as TokenSourceEvents[Name];
    this.#listeners?.emit(name, event);
    publish(name, event);
  }

  /** Whether a refresh continues after the request that starts it has ended. Passes it to `waitUntil`, if there is one. */
  outlivesRequest(refresh: Promise<unknown>): boolean {
    const settled = refresh.then(
      () => undefined,
      () => undefined,
    );
    try {
      this.options.waitUntil?.(settled);
      return this.options.waitUntil !== undefined || !endsWorkWithItsRequest();
    } catch {
      return !endsWorkWithItsRequest(); // There is no current request if a timer started it.
    }
  }

  close(): void {
    this.isClosed = true;
    this.#listeners?.clear();
  }
}
