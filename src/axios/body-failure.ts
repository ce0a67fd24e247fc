import { AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios';

import { discard } from './replay-body.js';

/** What is used of a Node stream. */
interface NodeStream {
  readonly destroyed?: boolean;
  readonly errored?: Error | null;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  off(event: 'close', listener: () => void): unknown;
  destroy?(): unknown;
}

/**
 * Runs a wait of a request before it is sent, and ends it as soon as the request's body fails: a stream error without
 * a listener takes the process down, and a stream that was destroyed would leave its request hanging.
 *
 * The failure is the one that axios gives for a body that fails while it is sent. A body whose request is never sent is
 * destroyed, so that no file stays open.
 */
export async function unlessBodyFails<T>(
  config: InternalAxiosRequestConfig,
  wait: () => Promise<T>,
): Promise<T> {
  const body = config.data as unknown;
  if (!isNodeStream(body)) {
    return isWebStream(body) ? wait().catch((error: unknown) => abandon(body, error)) : wait();
  }
  let onClose!: () => void;
  const failure = new Promise<never>((_, reject) => {
    onClose = () => reject(new CanceledError('Request stream has been aborted', config));
    // Stays on: between here and the adapter, which listens for itself, an error must be heard too.
    body.on('error', (error) => reject(AxiosError.from(error, undefined, config)));
    body.on('close', onClose);
    if (body.errored != null) reject(AxiosError.from(body.errored, undefined, config));
    else if (body.destroyed === true) onClose();
  });
  try {
    return await Promise.race([failure, wait()]);
  } catch (error) {
    body.destroy?.();
    throw error;
  } finally {
    body.off('close', onClose);
  }
}

function isNodeStream(body: unknown): body is NodeStream {
  const { pipe, on, off } = (body ?? {}) as Record<string, unknown>;
  return [pipe, on, off].every((method) => typeof method === 'function');
}

function isWebStream(body: unknown): body is ReadableStream {
  return typeof (body as Partial<ReadableStream> | null | undefined)?.getReader === 'function';
}

function abandon(body: ReadableStream, error: unknown): never {
  discard(body, error);
  throw error;
}
