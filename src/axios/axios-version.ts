import axios from 'axios';

/*
 * Differences between versions of axios that we must know about. An instance does not expose its version. We know it only if the
 * instance comes from the copy of axios that we import.
 */

/** The parts of an instance that are read. Tests replace axios with objects that have less. */
interface SomeInstance {
  readonly defaults?: { readonly transitional?: object | undefined } | undefined;
  readonly interceptors: { readonly request: object };
}

const { interceptors, defaults, VERSION } = axios as Partial<typeof axios>;
const ORDERING = 'legacyInterceptorReqResOrdering';

/** Read now, before an app replaces the defaults. */
const ourCopyAsksForOrder = asksForOrder(defaults);

/**
 * Whether `transitional.legacyInterceptorReqResOrdering` decides the order of request interceptors. Before 1.13.5 axios always
 * reverses them.
 */
export function knowsInterceptorOrder(instance: SomeInstance): boolean {
  return asksForOrder(instance.defaults) || (ourCopyAsksForOrder && isOfOurCopy(instance));
}

/** Whether axios removes the `Authorization` header when a redirect leads to another origin: from 1.21 on. */
export function stripsOnRedirect(instance: SomeInstance): boolean {
  const [, minor] = /^1\.(\d+)\.\d+$/.exec(String(VERSION)) ?? []; // Version 2 is unknown.
  return Number(minor) >= 21 && isOfOurCopy(instance);
}

/**
 * Whether `allowAbsoluteUrls: false` appends an absolute URL to the `baseURL` with every adapter. In 1.8.2 only the http
 * adapter does; fetch and XMLHttpRequest send it unchanged.
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
