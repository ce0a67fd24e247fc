import axios, {
  AxiosError,
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosResponse,
  type CreateAxiosDefaults,
  type InternalAxiosRequestConfig,
} from 'axios';

/** A request that has reached the adapter and waits for its answer. */
export interface Arrived {
  readonly config: InternalAxiosRequestConfig;
  answer(status: number): void;
}

/** An axios instance without any of ours, whose requests are answered by hand. */
export function bareInstance(defaults: CreateAxiosDefaults = {}): {
  http: AxiosInstance;
  sent: Arrived[];
} {
  const sent: Arrived[] = [];
  const adapter: AxiosAdapter = (config) =>
    new Promise((resolve, reject) => {
      sent.push({ config, answer: (status) => settle(config, status, resolve, reject) });
    });
  return { http: axios.create({ adapter, ...defaults }), sent };
}

function settle(
  config: InternalAxiosRequestConfig,
  status: number,
  resolve: (response: AxiosResponse) => void,
  reject: (error: AxiosError) => void,
): void {
  const response = { status, statusText: '', data: {}, headers: {}, config, request: {} };
  if (status < 400) resolve(response);
  else
    reject(
      new AxiosError(`status ${status}`, 'ERR_BAD_REQUEST', config, response.request, response),
    );
}

/** Lets everything run that waits on promises. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What has become of a promise by now. */
export async function fateOf(promise: Promise<unknown>): Promise<'pending' | 'done' | 'failed'> {
  let fate: 'pending' | 'done' | 'failed' = 'pending';
  promise.then(
    () => (fate = 'done'),
    () => (fate = 'failed'),
  );
  await settled();
  return fate;
}
