/*
 * The smallest whole program: one request, and the process ends by itself.
 *
 *   node examples/run.mjs script
 */
import { createProviderClient } from 'axios-bearer';
import { exotel } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

const sandbox = await startSandbox({ only: ['exotel'] });
const { credentials, url } = sandbox.exotel;

const http = createProviderClient(exotel({ ...credentials, baseURL: url }));
const { status } = await http.get(`/v2/accounts/${credentials.accountSid}/calls`);
console.log(status);

await sandbox.close();
