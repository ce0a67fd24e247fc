import axios, { AxiosError, type AxiosInstance, type AxiosRequestConfig } from 'axios';

/** What the next request gets: a body, a status with a body, or no answer at all. */
export type NextAnswer =
  { status?: number; headers?: Record<string, string>; body?: unknown } | 'reset';

/**
 * An axios instance that answers in turn without a network, so that fake timers suffice. The last answer stands for all after it.
 * It heeds an aborted signal as axios's own adapters do.
 */
export function answeringInstance(...answers: NextAnswer[]): {
  instance: AxiosInstance;
  sent: AxiosRequestConfig[];
} {
  const sent: AxiosRequestConfig[] = [];
  const instance = axios.create({
    baseURL: 'https://api.exotel.com',
    validateStatus: () => true,
    adapter: async (config) => {
      await Promise.resolve();
      sent.push(config);
      const answer = answers[Math.min(sent.length, answers.length) - 1]!;
      if (answer === 'reset') throw new AxiosError('reset', 'ECONNRESET', config);
      const { status = 200, headers = {}, body = {} } = answer;
      return { config, data: body, headers, request: {}, status, statusText: '' };
    },
  });
  return { instance, sent };
}
