import axios from 'axios';

/*
 * What the axios of an instance does, where versions that people have differ and we must know. An instance does not tell its
 * version: it is known where the instance is of the copy of axios that we import ourselves.
 */

/** What is read of an instance. Tests replace axios by objects that have less. */
interface SomeInstance {
  readonly defaults?: { readonly transitional?: object | undefined } | undefined;
  readonly interceptors: { readonly request: object };
}

const { interceptors, defaults, VERSION } = axios as Partial<typeof axios>;
const ORDERING = 'legacyInterceptorReqResOrdering';

/** Before anybody replaces the defaults. */
const ourCopyAsksForOrder = asksForOrder(defaults);

/**
 * Whether `transitional.legacyInterceptorReqResOrdering` decides in which order request interceptors run. Before 1.13.5
 * axios does not know it, and always reverses them.
 */
export function knowsInterceptorOrder(instance: SomeInstance): boolean {
  return asksForOrder(instance.defaults) || (ourCopyAsksForOrder && isOfOurCopy(instance));
}

/** Whether axios takes the `Authorization` header off when a redirect leads to another origin: from 1.21 on. */
export function stripsOnRedirect(instance: SomeInstance): boolean {
  const [, minor] = /^1\.(\d+)\.\d+$/.exec(String(VERSION)) ?? []; // No guess about a version 2.
  return Number(minor) >= 21 && isOfOurCopy(instance);
}

/**
 * Whether `allowAbsoluteUrls: false` folds an absolute URL under the `baseURL` with every adapter. In 1.8.2 only the http
 * adapter does; fetch and XMLHttpRequest send it as it is.
 */
export function foldsAbsoluteURLs(instance: SomeInstance): boolean {
  return (VERSION !== '1.8.2' && isOfOurCopy(instance)) || knowsInterceptorOrder(instance);
}

function asksForOrder(from: SomeInstance['defaults']): boolean {
  return ORDERING in (from?.transitional ?? {});
}

function isOfOurCopy(instance: SomeInstance): boolean {
  return (
    interceptors !== undefined &&
    Object.getPrototypeOf(instance.interceptors.request) ===
      Object.getPrototypeOf(interceptors.request)
  );
}
