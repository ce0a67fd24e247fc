import { MisconfigurationError } from '../../errors/index.js';

/** Where an option belongs, for errors. */
export interface OptionPlace {
  readonly provider: string;
  /** The path of the options: `clientAuthentication`. */
  readonly path: string;
}

/** An error that names the option and does not quote its value. */
export function misconfigured(
  { provider, path }: OptionPlace,
  option: string,
  problem: string,
  remedy: string,
): MisconfigurationError {
  return new MisconfigurationError({ provider, option: `${path}.${option}`, problem, remedy });
}
