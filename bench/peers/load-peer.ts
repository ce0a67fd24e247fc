import type { Peer } from './peer.js';

/** One by one, so that a process under measurement loads only its own peer. */
const loaders: Readonly<Record<string, () => Promise<Peer>>> = {
  'axios-bearer': async () => (await import('./axios-bearer.js')).axiosBearer,
  'axios-bearer-fetch': async () => (await import('./axios-bearer-fetch.js')).axiosBearerFetch,
  'axios-auth-refresh': async () => (await import('./axios-auth-refresh.js')).axiosAuthRefresh,
  'axios-auth-refresh-at-its-best': async () =>
    (await import('./axios-auth-refresh-at-its-best.js')).axiosAuthRefreshAtItsBest,
  'axios-token-interceptor': async () =>
    (await import('./axios-token-interceptor.js')).axiosTokenInterceptor,
  'failed-queue': async () => (await import('./failed-queue.js')).failedQueue,
  'google-auth-library': async () => (await import('./google-auth-library.js')).googleAuthLibrary,
  'azure-core-rest-pipeline': async () =>
    (await import('./azure-core-rest-pipeline.js')).azureCoreRestPipeline,
  'badgateway-oauth2-client': async () =>
    (await import('./badgateway-oauth2-client.js')).badgatewayOAuth2Client,
  'openid-client': async () => (await import('./openid-client.js')).openidClient,
  ky: async () => (await import('./ky.js')).kyPeer,
  'bare-axios': async () => (await import('./bare-axios.js')).bareAxiosPeer,
};

export async function loadPeer(id: string): Promise<Peer> {
  const load = loaders[id];
  if (load === undefined) throw new Error(`There is no peer ${id}.`);
  return load();
}
