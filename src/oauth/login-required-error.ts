import { BearerError } from '../errors/index.js';

/** What is known about a user who has to log in. */
export interface LoginRequiredDetails {
  readonly provider: string;
  readonly user: string;
  /** Why, in a few words. */
  readonly because: string;
}

/** This user has to log in again: there is no refresh token, or the authorization server refused it. Retrying does not help. */
export class LoginRequiredError extends BearerError {
  override readonly name: string = 'LoginRequiredError';
  readonly provider: string;
  /** Your own id for the user. */
  readonly user: string;

  constructor({ provider, user, because }: LoginRequiredDetails) {
    super('ERR_LOGIN_REQUIRED', `${provider}: user "${user}" has to log in: ${because}.`);
    this.provider = provider;
    this.user = user;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), provider: this.provider, user: this.user };
  }
}
