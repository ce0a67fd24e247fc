/* Run in a process of its own: a caller waits for a token, and for nothing else. */
import { oauth2ClientCredentials } from '../../../src/providers/index.js';
import { createTokenSource } from '../../../src/token-source/token-source.js';

const { SANDBOX_URL = '', TOKEN_URL = '', CLIENT_ID = '', CLIENT_SECRET = '' } = process.env;

process.disconnect();
void createTokenSource(
  oauth2ClientCredentials({
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    tokenUrl: TOKEN_URL,
    baseURL: SANDBOX_URL,
  }),
)
  .getToken()
  .then(() => console.log('got the token'));
