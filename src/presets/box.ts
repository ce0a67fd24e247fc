/*
 * Box, client credentials grant.
 * https://developer.box.com/guides/authentication/client-credentials/ and /reference/post-oauth2-token/, read 2026-11-29 in
 * box/developer.box.com, as of 2025-08-22, and box/box-openapi, as of 2026-06-29.
 */
import { text } from '../errors/option-rules.js';
import { MisconfigurationError } from '../errors/index.js';
import { classifyInvalidGrant } from '../providers/oauth2-parts.js';
import {
  clientFields,
  definePreset,
  inBody,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

/** Options of {@link box}: one of `enterpriseId` and `userId`. */
export type BoxOptions = PresetOptions & {
  /** Acts as the service account of the app in this enterprise. */
  readonly enterpriseId?: string | undefined;
  /** Acts as this user. */
  readonly userId?: string | undefined;
};

/**
 * The provider for Box. Wrong credentials get a 400 `invalid_grant` there, as does an app that is not authorized.
 *
 * @throws MisconfigurationError for a missing credential, or without exactly one of `enterpriseId` and `userId`
 */
export function box(options: BoxOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'box',
      documentation: {
        url: 'https://developer.box.com/guides/authentication/client-credentials/',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        "It is on the configuration tab of the app in Box's developer console.",
      ),
      own: { enterpriseId: text, userId: text },
      classifyFailure: classifyInvalidGrant,
      rejectedCredentialsAdvice:
        'Check the credentials, the id of the enterprise or user, and whether the app is authorized in the Box Admin Console.',
    },
    ({ enterpriseId, userId }) => ({
      baseURL: 'https://api.box.com',
      tokenUrl: '/oauth2/token',
      request: inBody(subject(enterpriseId, userId)),
    }),
  );
}

function subject(enterpriseId: string | undefined, userId: string | undefined) {
  if ((enterpriseId === undefined) === (userId === undefined)) {
    throw new MisconfigurationError({
      provider: 'box',
      option: 'enterpriseId',
      problem: 'or userId is required, but not both',
      remedy: 'Pass the one to act for.',
    });
  }
  return userId === undefined
    ? { box_subject_type: 'enterprise', box_subject_id: enterpriseId }
    : { box_subject_type: 'user', box_subject_id: userId };
}
