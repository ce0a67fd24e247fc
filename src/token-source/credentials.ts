import { CREDENTIALS_FUNCTION } from '../provider-definition/credentials.js';
import { inTime } from '../token-call/in-time.js';
import type { TokenParams } from '../token/token-params.js';
import type { Account } from './accounts.js';
import { JointWork } from '../platform/joint-work.js';
import type { SourceContext } from './source-context.js';
import { boundedSignal } from '../platform/waiting.js';

/** The credentials of one token: asked for at each token call, and again while rejected ones cool down. */
export class Credentials {
  readonly #source: SourceContext;
  readonly #params: TokenParams;
  /** Asks whether they have changed, once for all concurrent callers. */
  #checking: JointWork<object | undefined> | undefined;

  constructor(source: SourceContext, params: TokenParams) {
    this.#source = source;
    this.#params = params;
  }

  /**
   * Asks up to three times if that may show which credentials are made fresh for each call and which identify the account, for
   * instance while other credentials cool down. A credential that differs twice in a row is fresh; a rotated secret differs once.
   *
   * @throws {@link TokenAcquisitionError} if a function throws, or returns none before `signal` aborts
   * @throws {@link MisconfigurationError} if it returns invalid credentials
   */
  async ask(signal: AbortSignal): Promise<object> {
    const { accounts } = this.#source;
    const asked = await this.#askOnce(signal);
    if (!accounts.mayBeFresh(asked, this.#source.now())) return asked;
    const second = await this.#askOnce(signal);
    const changed = differing(asked, second);
    if (changed.length === 0) return second;
    const third = await this.#askOnce(signal);
    const changedAgain = differing(second, third);
    accounts.areFresh(changed.filter((name) => changedAgain.includes(name)));
    return third;
  }

  async #askOnce(signal: AbortSignal): Promise<object> {
    const { provider } = this.#source;
    const asked = provider.resolveCredentials({ params: this.#params, signal });
    if (provider.hasFixedCredentials) return asked;
    return inTime(provider.name, CREDENTIALS_FUNCTION, asked, signal);
  }

  /** Stops asking: no caller wants the answer any more. */
  forget(): void {
    this.#checking?.stop();
  }

  /** Whether they are no longer those of this account. */
  async haveChanged(account: Account): Promise<boolean> {
    const { provider, accounts, options } = this.#source;
    if (provider.hasFixedCredentials) return false;
    this.#checking ??= new JointWork<object | undefined>(options.clock, () => undefined);
    const asked = await this.#checking.run(({ signal }) => this.#askInTime(signal));
    return asked !== undefined && !accounts.areOf(account, asked);
  }

  async #askInTime(parent: AbortSignal): Promise<object | undefined> {
    const { clock, flightTimeoutMs } = this.#source.options;
    const bounded = boundedSignal(parent, flightTimeoutMs, clock);
    try {
      return await this.ask(bounded.signal);
    } catch {
      return undefined;
    } finally {
      bounded.release();
    }
  }
}

function differing(before: object, after: object): string[] {
  const earlier = new Map(Object.entries(before));
  return Object.entries(after)
    .filter(([name, value]) => earlier.get(name) !== value)
    .map(([name]) => name);
}
