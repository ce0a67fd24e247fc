/*
 * Twilio, OAuth apps.
 * https://www.twilio.com/docs is the site; what is here was read 2026-11-29 in Twilio's OpenAPI document, twilio/twilio-oai
 * (twilio_oauth_v2.yaml), as of 2026-03-24. It does not state the unit of `expires_in`.
 */
import { read } from '../concealment/any-object.js';
import { textOrTexts } from '../providers/param-rules.js';
import {
  clientFields,
  definePreset,
  inBody,
  type PresetOptions,
  type PresetProvider,
  type Scope,
} from './define-preset.js';

/** Options of {@link twilio}. */
export type TwilioOptions = PresetOptions & {
  /** A request can override it with `params.scope`. @defaultValue none */
  readonly scope?: Scope | undefined;
};

/**
 * The provider for the APIs of Twilio with the credentials of an OAuth app. Twilio has a host for each product: list those that you
 * call besides `api.twilio.com` in `origins`.
 *
 * @throws MisconfigurationError for a missing credential
 */
export function twilio(options: TwilioOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'twilio',
      documentation: {
        url: 'https://github.com/twilio/twilio-oai/blob/main/spec/yaml/twilio_oauth_v2.yaml',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It belongs to your OAuth app at Twilio.'),
      own: { scope: textOrTexts },
      paramNames: ['scope'],
      diagnose: ({ body }) => ({ code: read(body, 'code'), message: read(body, 'message') }),
    },
    ({ scope }) => ({
      baseURL: 'https://api.twilio.com',
      tokenUrl: 'https://oauth.twilio.com/v2/token',
      request: inBody({ scope }),
    }),
  );
}
