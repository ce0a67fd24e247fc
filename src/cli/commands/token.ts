import { createTokenSource, type TokenParams } from '../../index.js';
import { inWords, tokenInWords } from '../duration.js';
import { masked } from '../masked-token.js';
import { openProvider, type ProviderOptions } from '../open-provider.js';
import type { ProviderName } from '../provider-names.js';
import { print, printJSON, tell } from '../terminal.js';

export interface TokenOptions extends ProviderOptions {
  readonly reveal?: boolean;
  readonly json?: boolean;
  /** Parameters of the token request. */
  readonly param: TokenParams;
}

/** Fetches a token and shows it, masked unless `--reveal` is given. */
export async function token(name: ProviderName, options: TokenOptions): Promise<void> {
  const source = createTokenSource(await openProvider(name, options));
  let tookMs = 0;
  source.on('refreshed', (refreshed) => (tookMs = refreshed.tookMs));
  const { value, expiresAt, scope } = await source.getToken({ params: options.param });
  const livesMs = expiresAt === undefined ? undefined : expiresAt - Date.now();
  source.close();

  const shown = options.reveal === true ? value : masked(value);
  if (options.json === true) {
    printJSON({
      provider: name,
      token: shown,
      masked: options.reveal !== true,
      length: value.length,
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      expiresInSeconds: livesMs === undefined ? null : Math.floor(livesMs / 1000),
      scope: scope ?? null,
      tookMs: Math.round(tookMs),
    });
    return;
  }
  print(shown);
  tell(`${tokenInWords(value.length, livesMs, scope)}; fetched in ${inWords(tookMs)}`);
  if (options.reveal !== true) tell('Masked. Use --reveal to show it.');
}
