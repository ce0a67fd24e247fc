/**
 * Providers for APIs that many back ends use, each a file of data that names its source page.
 *
 * @module axios-bearer/presets
 */
export { adobe, type AdobeOptions } from './adobe.js';
export { akeneo, type AkeneoCredentials, type AkeneoOptions } from './akeneo.js';
export { amadeus, type AmadeusOptions } from './amadeus.js';
export { auth0, type Auth0Options } from './auth0.js';
export { box, type BoxOptions } from './box.js';
export { commercetools, type CommercetoolsOptions } from './commercetools.js';
export { databricks, type DatabricksOptions } from './databricks.js';
export { dockerHub, type DockerHubCredentials, type DockerHubOptions } from './docker-hub.js';
export { docusign, type DocusignCredentials, type DocusignOptions } from './docusign.js';
export { ebay, type EbayOptions } from './ebay.js';
export { entra, type EntraOptions } from './entra.js';
export { fedex, type FedexOptions } from './fedex.js';
export { genesys, type GenesysOptions } from './genesys.js';
export {
  googleServiceAccount,
  type GoogleServiceAccountCredentials,
  type GoogleServiceAccountOptions,
} from './google-service-account.js';
export { hubspot, type HubspotOptions } from './hubspot.js';
export { marketo, type MarketoOptions } from './marketo.js';
export { okta, type OktaOptions } from './okta.js';
export { paypal, type PaypalOptions } from './paypal.js';
export { sabre, type SabreOptions } from './sabre.js';
export { salesforce, type SalesforceOptions } from './salesforce.js';
export { spotify, type SpotifyOptions } from './spotify.js';
export { twilio, type TwilioOptions } from './twilio.js';
export { twitch, type TwitchOptions } from './twitch.js';
export { ups, type UpsOptions } from './ups.js';
export { zoom, type ZoomCredentials, type ZoomOptions } from './zoom.js';
export { zuora, type ZuoraOptions } from './zuora.js';
export type { PresetOptions, PresetProvider, Scope } from './define-preset.js';
export type { OAuth2ClientCredentials } from '../providers/oauth2-client-credentials.js';
