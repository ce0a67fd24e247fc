import { isAxiosError, type AxiosResponse } from 'axios';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import {
  createProviderClient,
  createTokenSource,
  OriginNotAllowedError,
  type Provider,
  type TokenParams,
  type TokenSource,
} from '../../index.js';
import { CommandError } from '../command-error.js';
import { inWords } from '../duration.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { openProvider, type ProviderOptions } from '../open-provider.js';
import type { ProviderName } from '../provider-names.js';
import { colorsFor, tell } from '../terminal.js';

export interface RequestOptions extends ProviderOptions {
  readonly header: Readonly<Record<string, string>>;
  /** A file, or `-` for standard input. */
  readonly data?: string;
  readonly param: TokenParams;
  /** Seconds. */
  readonly timeout: number;
  readonly verbose?: boolean;
}

/** Sends one authorised request and streams the response body to standard output. */
export async function request(
  name: ProviderName,
  method: string,
  url: string,
  options: RequestOptions,
): Promise<ExitCode> {
  if (options.data === '-' && options.credentials === '-') {
    throw new CommandError(
      EXIT.usage,
      'Standard input cannot hold both the body and the credentials.',
    );
  }
  const provider = await openProvider(name, options);
  const data = options.data === undefined ? undefined : await readBody(options.data);
  const source = createTokenSource(provider);
  if (options.verbose === true) narrate(source);
  const http = createProviderClient(source, {}, { onForeignOrigin: 'error' });
  try {
    const response = await http.request<Readable>({
      method,
      url,
      data,
      headers: { ...(data === undefined ? {} : JSON_BODY), ...options.header },
      bearer: { params: options.param },
      timeout: options.timeout * 1000,
      responseType: 'stream',
      validateStatus: () => true,
    });
    report(response, options.verbose === true);
    await pipeline(response.data, process.stdout, { end: false });
    return response.status >= 400 ? EXIT.errorStatus : EXIT.ok;
  } catch (error) {
    throw inWordsOfTheCommand(error, provider);
  } finally {
    source.close();
  }
}

/** All of these APIs speak JSON. The user's own header overrides it. */
const JSON_BODY = { 'content-type': 'application/json' };

/** Read whole, because a stream could not be sent again after a 401. */
async function readBody(file: string): Promise<Buffer> {
  try {
    return await (file === '-' ? buffer(process.stdin) : readFile(file));
  } catch (error) {
    throw new CommandError(EXIT.usage, `--data: ${(error as Error).message}`);
  }
}

function report({ status, statusText, headers }: AxiosResponse, verbose: boolean): void {
  if (!verbose && status < 400) return;
  const { red, green, dim } = colorsFor(process.stderr);
  tell((status < 400 ? green : red)(`${status} ${statusText}`.trim()));
  if (!verbose) return;
  for (const [header, value] of Object.entries(headers)) tell(dim(`${header}: ${String(value)}`));
}

/** Reports what the library does behind the scenes. Its events hold no secrets. */
function narrate(source: TokenSource): void {
  const { dim, yellow } = colorsFor(process.stderr);
  const say = (text: string) => tell(dim(`* ${text}`));
  source.on('tokenCalled', ({ method, serverAddress, serverPort, status, errorType, tookMs }) => {
    const outcome = status ?? errorType ?? 'no response';
    say(`token call: ${method} ${serverAddress}:${serverPort} ${outcome} in ${inWords(tookMs)}`);
  });
  source.on('refreshed', ({ expiresInMs }) => {
    say(expiresInMs === undefined ? 'new token' : `new token, valid for ${inWords(expiresInMs)}`);
  });
  source.on('rejected', ({ consequence }) => {
    tell(yellow(`* the API rejected the token: ${consequence}`));
  });
  source.on('replayed', ({ accepted }) => {
    say(`sent again with a new token: ${accepted ? 'accepted' : 'rejected again'}`);
  });
  source.on('replayRefused', ({ because }) => say(`not sent again: ${because}`));
}

/** An axios error, or a response cut short, means that the API did not answer. */
function inWordsOfTheCommand(error: unknown, { name, allowedOrigins }: Provider): unknown {
  if (error instanceof OriginNotAllowedError) {
    return new CommandError(
      EXIT.misconfigured,
      `${name}: the token may go to ${allowedOrigins.join(', ')}, not to ${error.origin}. Give a path, or set --base-url.`,
    );
  }
  const broken =
    error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
  if (!isAxiosError(error) && !broken) return error;
  return new CommandError(
    EXIT.apiUnreachable,
    `The API did not respond: ${error.message || String(error.code)}`,
  );
}
