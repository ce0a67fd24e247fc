import { createRequire } from 'node:module';

/** The environment variable that sends requests to this origin through a proxy, found as axios finds it. */
export function proxyVariable(origin: string): string | undefined {
  const proxy = proxyFor(origin);
  return proxy === '' ? undefined : nameOf(proxy, origin);
}

/** Asks the copy of the library that axios itself uses, since its versions differ. */
function proxyFor(origin: string): string {
  const axios = createRequire(import.meta.url).resolve('axios');
  const library = createRequire(axios)('proxy-from-env') as { getProxyForUrl(url: string): string };
  return library.getProxyForUrl(origin);
}

/** The variable that holds the address, which may lack the scheme. */
function nameOf(proxy: string, origin: string): string {
  const environment = process.env;
  const scheme = new URL(origin).protocol.slice(0, -1);
  const names = [`npm_config_${scheme}_proxy`, `${scheme}_proxy`, 'npm_config_proxy', 'all_proxy'];
  return (
    names
      .flatMap((name) => [name, name.toUpperCase()])
      .find((name) => environment[name] && proxy.endsWith(environment[name])) ?? 'the environment'
  );
}
