import { MisconfigurationError, TokenAcquisitionError } from '../../errors/index.js';
import { LoginRequiredError } from '../login-required-error.js';
import type { Fate } from './fate.js';
import type { SharedFates } from './shared-fates.js';

/** How the app stores refresh tokens. */
export interface RefreshTokenStorage {
  /** Returns the saved refresh token of a user; nothing if the user has to log in. */
  load(user: string): string | null | undefined | Promise<string | null | undefined>;
  /**
   * Saves the new refresh token of a user. It is awaited before any request gets the access token that came with it.
   *
   * @param context - `replaces`: the refresh token that was used to get it; `undefined` after a login. If your database can compare,
   *   save only if that one is still saved, so that a late refresh does not overwrite a newer login.
   */
  save(
    user: string,
    refreshToken: string,
    context: { readonly replaces: string | undefined },
  ): void | Promise<void>;
}

export interface RefreshTokensOptions {
  /** Named in errors. */
  readonly provider: string;
  readonly storage: RefreshTokenStorage;
  /** What other processes know about refresh tokens. */
  readonly shared: SharedFates | undefined;
  /** How many users are remembered. */
  readonly limit: number;
}

/** A refresh token on its way to the token endpoint. */
export interface SentToken {
  readonly user: string;
  readonly refreshToken: string;
  /** The user's last login or logout, as far as this process knows. */
  readonly session: object | undefined;
}

/** What this process knows about a refresh token. */
type Known = Fate & { readonly isSaved?: boolean };

/** The refresh tokens of all users: which one to send, and what to do with the outcome. */
export class RefreshTokens {
  readonly #provider: string;
  readonly #storage: RefreshTokenStorage;
  readonly #shared: SharedFates | undefined;
  readonly #limit: number;
  readonly #known = new Map<string, Known>();
  readonly #sessions = new Map<string, object>();

  constructor({ provider, storage, shared, limit }: RefreshTokensOptions) {
    this.#provider = provider;
    this.#storage = storage;
    this.#shared = shared;
    this.#limit = limit;
  }

  /**
   * The refresh token to send now.
   *
   * @throws {@link LoginRequiredError} if none is saved, or the saved one was refused
   * @throws {@link TokenAcquisitionError} if `load` or `save` throws
   */
  async next(user: string): Promise<SentToken> {
    const session = this.#sessions.get(user);
    const loaded = await this.#load(user);
    if (loaded === undefined) throw this.#loginRequired(user, 'no refresh token is saved');
    const known = this.#known.get(user);
    const shared = await this.#shared?.read(user);
    const fates = [known, shared].filter((fate) => fate?.of === loaded);
    // It counts more than a refusal, since a server also refuses a token that it has replaced.
    const replacement = fates.find((fate) => fate?.kind === 'replaced');
    if (replacement !== undefined) {
      // Saved here already: a replica of the database may lag behind.
      const isSaved = known?.of === loaded && known.isSaved === true;
      if (!isSaved) {
        this.#remember(user, replacement);
        await this.#save(user, replacement.by, loaded);
      }
      return { user, refreshToken: replacement.by, session };
    }
    if (fates.length > 0)
      throw this.#loginRequired(user, 'the authorization server refused the refresh token');
    return { user, refreshToken: loaded, session };
  }

  /**
   * Keeps the refresh token that came with an access token: in memory, in the shared store, and then with the app's `save`. If that
   * fails, the first two still have it.
   *
   * @throws {@link TokenAcquisitionError} if `save` throws
   */
  async received(sent: SentToken, refreshToken: unknown): Promise<void> {
    const { user, refreshToken: replaces } = sent;
    const isNew = typeof refreshToken === 'string' && !['', replaces].includes(refreshToken);
    if (!isNew || this.#isOver(sent)) return;
    const fate = { kind: 'replaced', of: replaces, by: refreshToken } as const;
    this.#remember(user, fate);
    await this.#shared?.write(user, fate);
    if (!this.#isOver(sent)) await this.#save(user, refreshToken, replaces);
  }

  /** The server refused it. Other processes learn of it in the background. */
  refused({ user, refreshToken }: SentToken): void {
    const known = this.#known.get(user);
    if (known?.kind === 'replaced' && known.of === refreshToken) return;
    const fate = { kind: 'refused', of: refreshToken } as const;
    this.#remember(user, fate);
    void this.#shared?.read(user).then((found) => {
      // Another process may know that it was replaced.
      if (found?.of !== refreshToken) return this.#shared?.write(user, fate);
    });
  }

  /** Saves the refresh token of a login. What was known about earlier ones no longer counts. */
  async login(user: string, refreshToken: string): Promise<void> {
    this.#endSession(user);
    await this.#storage.save(user, refreshToken, { replaces: undefined });
    await this.forget(user);
  }

  async forget(user: string): Promise<void> {
    this.#endSession(user);
    this.#known.delete(user);
    await this.#shared?.clear(user);
  }

  /** Whether a login or a logout came after it was sent, so that the answer belongs to a session that has ended. */
  #isOver({ user, session }: SentToken): boolean {
    return this.#sessions.get(user) !== session;
  }

  /** Refreshes that are running for this user no longer save anything. */
  #endSession(user: string): void {
    this.#sessions.delete(user);
    this.#sessions.set(user, {});
    if (this.#sessions.size > this.#limit) dropOldest(this.#sessions, () => true);
  }

  async #load(user: string): Promise<string | undefined> {
    const loaded = await this.#call('load', user, () => this.#storage.load(user));
    if (loaded === undefined || loaded === null || loaded === '') return undefined;
    if (typeof loaded === 'string') return loaded;
    throw new MisconfigurationError({
      provider: this.#provider,
      option: 'load',
      problem: 'returned something other than a refresh token or nothing',
      remedy: 'Return the refresh token as a string, or undefined if the user has to log in.',
    });
  }

  async #save(user: string, refreshToken: string, replaces: string): Promise<void> {
    await this.#call('save', user, () => this.#storage.save(user, refreshToken, { replaces }));
    const known = this.#known.get(user);
    if (known?.kind === 'replaced' && known.by === refreshToken)
      this.#remember(user, { ...known, isSaved: true });
  }

  /** Forgets users, least recently changed first, but never a refresh token that is saved nowhere else. */
  #remember(user: string, known: Known): void {
    this.#known.delete(user);
    this.#known.set(user, known);
    if (this.#known.size > this.#limit)
      dropOldest(this.#known, ({ kind, isSaved }) => kind === 'refused' || isSaved === true);
  }

  async #call<T>(which: 'load' | 'save', user: string, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const consequence =
        which === 'save'
          ? ' The new refresh token is kept in memory and will be saved first at the next attempt.'
          : '';
      throw new TokenAcquisitionError(
        'ERR_CREDENTIALS_UNAVAILABLE',
        `${this.#provider}: ${which}() threw for user "${user}".${consequence} See the cause.`,
        { provider: this.#provider, phase: 'credentials', retryable: true, cause },
      );
    }
  }

  #loginRequired(user: string, because: string): LoginRequiredError {
    return new LoginRequiredError({ provider: this.#provider, user, because });
  }
}

function dropOldest<T>(map: Map<string, T>, mayGo: (value: T) => boolean): void {
  for (const [key, value] of map) {
    if (!mayGo(value)) continue;
    map.delete(key);
    return;
  }
}
