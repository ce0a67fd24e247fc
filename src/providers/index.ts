/**
 * The built-in providers: Exotel, Truecaller (campaigns and calls), 360Learning, SingleView, Udara360, and OAuth 2.0 client credentials
 * for any authorization server; and ways to send tokens other than in a header of their own.
 *
 * @module axios-bearer/providers
 */
export { inCookie, inQuery } from '../provider-definition/query-and-cookie.js';
export { exotel, type ExotelCredentials, type ExotelOptions } from './exotel.js';
export {
  learning360,
  type Learning360Credentials,
  type Learning360Options,
} from './learning360.js';
export {
  oauth2ClientCredentials,
  type OAuth2ClientCredentials,
  type OAuth2ClientCredentialsOptions,
} from './oauth2-client-credentials.js';
export { singleview, type SingleviewCredentials, type SingleviewOptions } from './singleview.js';
export { truecaller, type TruecallerCredentials, type TruecallerOptions } from './truecaller.js';
export {
  truecallerCalls,
  type TruecallerCallsCredentials,
  type TruecallerCallsOptions,
} from './truecaller-calls.js';
export { udara360, type Udara360Credentials, type Udara360Options } from './udara360.js';
