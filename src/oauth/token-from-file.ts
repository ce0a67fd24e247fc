import { read } from '../concealment/any-object.js';
import { MisconfigurationError, TokenAcquisitionError } from '../errors/index.js';
import { nodeBuiltin } from '../platform/node-builtin.js';

interface FileModule {
  readFile(path: string | URL): Promise<Uint8Array>;
}

/** A longer token would not fit into a request. */
const MOST_BYTES = 64 * 1024;

/**
 * A function that reads a token from a file that something else renews, such as the projected token of a Kubernetes workload. It reads
 * the file each time, so it always returns the newest token: as `assertion`, as `subjectToken`, or as `acquireToken` of a provider if
 * the file holds the access token itself. Whitespace around the token is removed. Needs Node, Bun or Deno.
 *
 * @throws MisconfigurationError if `path` is not a path; the function itself throws a retryable TokenAcquisitionError if the file cannot be read or is empty
 * @example
 * ```ts
 * const subjectToken = tokenFromFile('/var/run/secrets/tokens/api');
 * ```
 */
export function tokenFromFile(path: string | URL): () => Promise<string> {
  if ((typeof path !== 'string' || path === '') && !((path as unknown) instanceof URL))
    throw new MisconfigurationError({
      option: 'path',
      problem: 'is not a path',
      remedy: 'Pass the path of the file as a string or a file URL.',
    });
  return async () => {
    const bytes = await bytesOf(path);
    if (bytes.length > MOST_BYTES) throw unreadable(path, 'is longer than 64 kB');
    const text = String.fromCharCode(...bytes).trim();
    if (text === '') throw unreadable(path, 'is empty');
    return text;
  };
}

async function bytesOf(path: string | URL): Promise<Uint8Array> {
  const fs = nodeBuiltin('node:fs/promises') as FileModule | undefined;
  if (fs === undefined)
    throw new MisconfigurationError({
      option: 'tokenFromFile',
      problem: 'needs a file system, and this runtime has none',
      remedy: 'Pass your own function that returns the token.',
    });
  try {
    return await fs.readFile(path);
  } catch (cause) {
    const code = read(cause, 'code');
    throw unreadable(path, `cannot be read (${typeof code === 'string' ? code : 'error'})`, cause);
  }
}

/** Something may be replacing the file right now, so another attempt can help. */
function unreadable(path: string | URL, problem: string, cause?: unknown): TokenAcquisitionError {
  return new TokenAcquisitionError(
    'ERR_CREDENTIALS_UNAVAILABLE',
    `The token file ${String(path)} ${problem}. Check the path, the permissions, and what renews it.`,
    { provider: 'tokenFromFile', phase: 'credentials', retryable: true, cause },
  );
}
