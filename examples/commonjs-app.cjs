/*
 * The same in CommonJS, on the app's existing instance.
 *
 *   node examples/run.mjs commonjs-app
 */
const axios = require('axios');
const { attachBearer } = require('axios-bearer');
const { udara360 } = require('axios-bearer/providers');
const { startSandbox } = require('axios-bearer/testing');

async function main() {
  const sandbox = await startSandbox({ only: ['udara360'] });
  const { credentials, url } = sandbox.udara360;

  const http = axios.create({ baseURL: url, timeout: 10_000 });
  const bearer = attachBearer(http, udara360({ ...credentials, baseURL: url }));

  const first = await http.get('/__sandbox/echo');
  sandbox.udara360.revokeTokens();
  const second = await http.get('/__sandbox/echo');
  console.log(first.status, second.status, `${sandbox.udara360.tokenCalls} token calls`);

  bearer.detach();
  const { status } = await http.get('/__sandbox/echo', { validateStatus: () => true });
  console.log('detached:', status);
  await sandbox.close();
}

main();
