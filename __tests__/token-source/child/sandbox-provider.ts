import { oauth2ClientCredentials } from '../../../src/providers/index.js';

const { SANDBOX_URL = '', TOKEN_URL = '', CLIENT_ID = '', CLIENT_SECRET = '' } = process.env;

export { SANDBOX_URL };

/** The provider that the parent serves, and tells of in the environment. */
export const sandboxProvider = oauth2ClientCredentials({
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  tokenUrl: TOKEN_URL,
  baseURL: SANDBOX_URL,
});
