import axios, { AxiosError, type AxiosAdapter } from 'axios';

import type { Wire } from './peer.js';

/** axios's settings for a wire; none for the network. */
export function axiosAdapterOf(wire: Wire | undefined): { adapter?: AxiosAdapter } {
  if (wire === undefined) return {};
  return {
    async adapter(config) {
      const authorization = config.headers['Authorization'];
      const { status, body } = await wire({
        url:
          config.url?.startsWith('http') === true ? config.url : `${config.baseURL}${config.url}`,
        authorization: typeof authorization === 'string' ? authorization : undefined,
      });
      const response = { data: body, status, statusText: '', headers: {}, config };
      if (config.validateStatus?.(status) === false) {
        const code = AxiosError.ERR_BAD_REQUEST;
        throw new axios.AxiosError(`status ${status}`, code, config, undefined, response);
      }
      return response;
    },
  };
}

/** `fetch` over a wire; the global one for the network. */
export function fetchOf(wire: Wire | undefined): typeof fetch {
  if (wire === undefined) return (input, init) => fetch(input, init);
  return async (input, init) => {
    const isRequest = input instanceof Request;
    const headers = isRequest && init?.headers === undefined ? input.headers : init?.headers;
    const { status, body } = await wire({
      url: isRequest ? input.url : input.toString(),
      authorization: new Headers(headers).get('authorization') ?? undefined,
    });
    return new Response(body, { status, headers: { 'content-type': 'application/json' } });
  };
}
