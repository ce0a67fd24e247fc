/* Run in a process of its own: a caller waits for a token, and for nothing else. */
import { createTokenSource } from '../../../src/axios/create-token-source.js';
import { sandboxProvider } from './sandbox-provider.js';

process.disconnect();
void createTokenSource(sandboxProvider)
  .getToken()
  .then(() => console.log('got the token'));
