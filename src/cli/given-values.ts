import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';

import { CommandError } from './command-error.js';
import { EXIT } from './exit-codes.js';
import { variableOf } from './provider-catalogue.js';
import type { ProviderName } from './provider-names.js';

export type Values = Readonly<Record<string, string>>;

/** Reads a credentials file, or standard input where its name is `-`: JSON, or lines of an env-file. */
export async function readCredentials(file: string): Promise<Values> {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(
    (error: unknown) => {
      throw new CommandError(EXIT.usage, `--credentials: ${reason(error)}`);
    },
  );
  return content.trimStart().startsWith('{') ? parseObject(content) : envFile(content);
}

/** The credentials and settings of one provider, by option: environment variables first, then what overrides them. */
export function valuesOf(
  provider: ProviderName,
  options: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  file: Values,
): Record<string, string> {
  const given = options.flatMap((option): [string, string][] => {
    const variable = variableOf(provider, option);
    const value = file[option] ?? file[variable] ?? environment[variable];
    // A variable that is set to nothing is how a shell leaves one out.
    return value === undefined || value === '' ? [] : [[option, value]];
  });
  return Object.fromEntries(given);
}

/** Messages of the parser quote the text, which holds secrets: none of them is passed on. */
function parseObject(content: string): Values {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    throw new CommandError(EXIT.usage, '--credentials: this starts like JSON, but is none.');
  }
  const wrong = Object.entries(parsed as object).find(([, value]) => typeof value !== 'string');
  if (wrong !== undefined) {
    throw new CommandError(EXIT.usage, `--credentials: ${wrong[0]} is not a string.`);
  }
  return parsed as Values;
}

function envFile(content: string): Values {
  const values = parseEnv(content) as Values;
  if (Object.keys(values).length === 0) {
    throw new CommandError(
      EXIT.usage,
      '--credentials: found neither a JSON object nor a line like EXOTEL_API_KEY=...',
    );
  }
  return values;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
