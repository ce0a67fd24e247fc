import {
  accountCredentials,
  credentialsUnavailable,
  type Provider,
} from '../grants/define-provider.js';
import type { TokenParams } from '../token/token-params.js';
import type { SourceContext } from './source-context.js';
import { unlessAborted, waitFor, type WaitLimits } from './waiting.js';

/** The credentials of one token: asked for at each token call, and again while rejected ones cool down. */
export class Credentials {
  readonly #source: SourceContext;
  readonly #params: TokenParams;
  /** Those that the endpoint rejected last, in canonical form. */
  #rejected: string | undefined;
  /** The one question under way whether they have changed. */
  #checking: Promise<object | undefined> | undefined;
  #abortCheck: AbortController | undefined;

  constructor(source: SourceContext, params: TokenParams) {
    this.#source = source;
    this.#params = params;
  }

  /**
   * @throws {@link TokenAcquisitionError} if a function throws, or gives none before `signal` aborts
   * @throws {@link MisconfigurationError} if it gives nonsense
   */
  async ask(signal: AbortSignal): Promise<object> {
    const { provider } = this.#source;
    const asked = provider.resolveCredentials({ params: this.#params, signal });
    if (provider.hasFixedCredentials) return asked;
    return unlessAborted(asked, signal, () =>
      credentialsUnavailable(
        provider.name,
        'did not answer in time. Let it answer within flightTimeoutMs, and heed its signal.',
      ),
    );
  }

  /** The token endpoint has rejected these. */
  wereRejected(credentials: object): void {
    this.#rejected = canonical(this.#source.provider, credentials);
  }

  /** What was rejected before means nothing any more. */
  forget(): void {
    this.#rejected = undefined;
    this.#abortCheck?.abort();
  }

  /** Whether they differ from those that were rejected; asked once for all who want to know. */
  async haveChanged(limits: WaitLimits): Promise<boolean> {
    if (this.#source.provider.hasFixedCredentials) return false;
    const rejected = this.#rejected;
    this.#checking ??= this.#askInTime();
    const credentials = await waitFor(this.#checking, limits);
    return credentials !== undefined && canonical(this.#source.provider, credentials) !== rejected;
  }

  async #askInTime(): Promise<object | undefined> {
    const abort = new AbortController();
    this.#abortCheck = abort;
    const { clock, flightTimeoutMs } = this.#source.options;
    const cancelTimer = clock.schedule(() => abort.abort(), flightTimeoutMs);
    try {
      return await this.ask(abort.signal);
    } catch {
      return undefined;
    } finally {
      cancelTimer();
      this.#checking = undefined;
      this.#abortCheck = undefined;
    }
  }
}

function canonical(provider: Provider, credentials: object): string {
  return JSON.stringify(accountCredentials(provider, credentials));
}
