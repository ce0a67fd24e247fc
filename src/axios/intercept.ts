import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios';

import { isObject } from '../concealment/any-object.js';
import type { Attachment } from './attachment.js';
import { authorizeAnyRequest, authorizeHandlers } from './authorize.js';
import type { Exchange } from './exchange.js';
import { healer } from './heal.js';
import { isWalkable, surround } from './innermost.js';

type Interceptors = AxiosInstance['interceptors'];

/**
 * Installs our pair of interceptors on an instance, once for all its attachments. Returns a function that removes it.
 *
 * @param attachments - a live list, which may grow and shrink
 * @param knowsOrder - the result of `knowsInterceptorOrder`
 */
export function intercept(
  { request, response }: Interceptors,
  attachments: readonly Attachment[],
  knowsOrder: boolean,
): () => void {
  const responseHandler = healer();
  if (!isWalkable(request) || !isWalkable(response))
    return interceptByUse({ request, response }, attachments, responseHandler);

  /** The request that axios is starting. It lists the response interceptors right after the request interceptors. */
  let starting: Exchange | undefined;
  const begin = (exchange: Exchange | undefined) => (starting = exchange);
  const undo = [
    surround(request, authorizeHandlers({ attachments, manager: request, knowsOrder, begin })),
    surround(response, {
      before() {
        const exchange = starting;
        starting = undefined;
        return exchange && responseHandler(exchange);
      },
    }),
  ];
  return () => {
    for (const takeOff of undo) takeOff();
  };
}

/**
 * For an instance whose `forEach` cannot be hooked: a mock, or a client that only looks like axios. Our pair is registered with
 * `use`, and an answer is matched to its request by config.
 */
function interceptByUse(
  { request, response }: Interceptors,
  attachments: readonly Attachment[],
  responseHandler: ReturnType<typeof healer>,
): () => void {
  const exchanges = new WeakMap<object, Exchange>();
  const handlerOf = (config: unknown) => {
    const exchange = isObject(config) && exchanges.get(config);
    return exchange ? responseHandler(exchange) : undefined;
  };
  const authorize = authorizeAnyRequest(attachments);
  const ids = [
    request.use(async (config: InternalAxiosRequestConfig) => {
      const exchange: Exchange = { sent: undefined, copies: false };
      const authorized = await authorize(exchange, config);
      if (exchange.sent !== undefined) exchanges.set(authorized, exchange);
      return authorized;
    }),
    response.use(
      (answer: AxiosResponse) => handlerOf(answer.config)?.fulfilled?.(answer) ?? answer,
      (error: unknown) => {
        const { config } = (error ?? {}) as { config?: unknown };
        const handler = handlerOf(config);
        if (handler?.rejected == null) throw error;
        return handler.rejected(error);
      },
    ),
  ] as const;
  return () => {
    // A mock may have no eject.
    (request as Partial<typeof request>).eject?.(ids[0]);
    (response as Partial<typeof response>).eject?.(ids[1]);
  };
}
