/*
 * Uploads a contact file of 10 000 rows, whose token expires while it is on its way.
 *
 *   node examples/run.mjs exotel-contacts
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { createProviderClient } from 'axios-bearer';
import { createExotelApi, type ExotelContact } from 'axios-bearer/exotel';
import { exotel } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

const sandbox = await startSandbox({ only: ['exotel'] });
const { credentials, url } = sandbox.exotel;
const http = createProviderClient(exotel({ ...credentials, baseURL: url }));
const api = createExotelApi(http, { accountSid: credentials.accountSid });

const contacts = Array.from({ length: 10_000 }, (_, index): ExotelContact => ({
  phoneNumber: `+9198${String(index).padStart(8, '0')}`,
  firstName: 'Customer',
  lastName: String(index),
  // The wrapper takes any text here, and Exotel finds the one that is not an address.
  email: index === 4321 ? 'nobody' : `customer-${index}@example.invalid`,
}));

// The sandbox lets the whole file arrive, and checks its token only when it is released.
const onItsWay = sandbox.exotel.api.holdNext();
let sentBytes = 0;
const uploading = api.contacts.upload(
  { contacts, listId: 'customers', duplicateAction: 'skip' },
  { onUploadProgress: ({ loaded }) => (sentBytes = loaded) },
);
await onItsWay.arrived;
sandbox.exotel.expireTokens();
onItsWay.release();
console.log('the file has arrived, and its token has expired');

const { uploadId, totalRecords } = await uploading;
console.log(`${uploadId}: ${totalRecords} rows accepted, ${Math.round(sentBytes / 1024)} KiB sent`);

let progress = await api.contacts.status(uploadId);
while (progress.status === 'processing') {
  await sleep(100);
  progress = await api.contacts.status(uploadId);
}
console.log(`${uploadId}: ${progress.successful} taken, ${progress.failed} not`);

const { errors } = await api.contacts.errors(uploadId);
for (const { rowNumber, code, message } of errors) {
  console.log(`row ${rowNumber}: ${code}, ${message}`);
}

const uploads = sandbox.exotel.requests.filter(({ path }) => path.endsWith('/contacts/upload'));
const statuses = uploads.map(({ status }) => status).join(', ');
console.log(`sent ${uploads.length} times (${statuses}), worked on once`);

await sandbox.close();
