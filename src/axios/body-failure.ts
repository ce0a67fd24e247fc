import { AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios';

import { discard } from './replay-body.js';

/** The parts of a Node stream that we use. */
interface NodeStream {
  readonly destroyed?: boolean;
  readonly errored?: Error | null;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  off(event: 'close', listener: () => void): unknown;
  destroy?(): unknown;
}

/**
 * Runs a wait before a request is sent, and ends it as soon as the request's body fails. A stream error without a listener
 * would crash the process, and a destroyed stream would leave its request hanging.
 *
 * The failure is the same as axios's for a body that fails while it is sent. If the request is never sent, its body is
 * destroyed so that no file stays open.
 */
export async function unlessBodyFails<T>(
  config: InternalAxiosRequestConfig,
  wait: () => Promise<T>,
): Promise<T> {
  const body = config.data as unknown;
  if (!isNodeStream(body)) {
    return wait().catch((error: unknown) => {
      discard(body, error);
      throw error;
    });
  }
  let onClose!: () => void;
  const failure = new Promise<never>((_, reject) => {
    onClose = () => reject(new CanceledError('Request stream has been aborted', config));
    // Never removed, because an error may come before the adapter adds its own listener.
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
