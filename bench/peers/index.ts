import { axiosAuthRefreshAtItsBest } from './axios-auth-refresh-at-its-best.js';
import { axiosAuthRefresh } from './axios-auth-refresh.js';
import { axiosBearerFetch } from './axios-bearer-fetch.js';
import { axiosBearer } from './axios-bearer.js';
import { axiosTokenInterceptor } from './axios-token-interceptor.js';
import { azureCoreRestPipeline } from './azure-core-rest-pipeline.js';
import { badgatewayOAuth2Client } from './badgateway-oauth2-client.js';
import { failedQueue } from './failed-queue.js';
import { googleAuthLibrary } from './google-auth-library.js';
import { kyPeer } from './ky.js';
import { openidClient } from './openid-client.js';
import type { Peer } from './peer.js';

export { axiosBearer };

/** Everything that keeps a token, ours first. */
export const peers: readonly Peer[] = [
  axiosBearer,
  axiosAuthRefresh,
  axiosAuthRefreshAtItsBest,
  axiosTokenInterceptor,
  failedQueue,
  googleAuthLibrary,
  azureCoreRestPipeline,
  badgatewayOAuth2Client,
  openidClient,
];

/** Both of ours. */
export const ours: readonly Peer[] = [axiosBearer, axiosBearerFetch];

/** What the scenarios test, ours first; ky is a pattern that users of fetch copy, and is not timed. */
export const comparedPeers: readonly Peer[] = [...new Set([...ours, ...peers, kyPeer])];
