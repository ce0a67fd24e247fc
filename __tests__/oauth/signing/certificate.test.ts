import { expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';

import { signingKey } from '../../../src/oauth/signing/signing-key.js';
import { misconfiguration } from '../../providers/conversation.js';
import { createAuthority } from '../servers/certificates.js';

const PLACE = { provider: 'oauth2', path: 'clientAuthentication' };
const DAY_MS = 86_400_000;

test('an assertion names its certificate by the SHA-256 thumbprint (RFC 7515, section 4.1.8)', async () => {
  const { key, cert } = await (await createAuthority()).issue('crm');
  const jwt = await signingKey({ key, certificate: cert }, PLACE).sign({}, Date.now());

  const expected = new X509Certificate(cert).fingerprint256.replaceAll(':', '');
  const { 'x5t#S256': thumbprint } = decodeProtectedHeader(jwt);
  expect(Buffer.from(String(thumbprint), 'base64url').toString('hex').toUpperCase()).toBe(expected);
});

test('a certificate that expires while the process runs is refused from then on', async () => {
  const { key, cert } = await (await createAuthority()).issue('crm');
  const { sign } = signingKey({ key, certificate: cert }, PLACE);

  await expect(sign({}, Date.now() + 2 * DAY_MS)).rejects.toMatchObject({
    option: 'clientAuthentication.certificate',
    message: expect.stringMatching(/expired on \d{4}-\d\d-\d\d/),
  });
});

test('a certificate is refused at creation if it has expired, is damaged, or is something else', async () => {
  const { key, cert } = await (await createAuthority()).issue('crm', -DAY_MS);
  const damaged = cert.replace(/\n[^-\n]{64}\n/, '\n');

  const refusal = (certificate: string) =>
    misconfiguration(() => signingKey({ key, certificate }, PLACE)).message;
  expect(refusal(cert)).toMatch(/certificate expired on \d{4}-\d\d-\d\d\. Replace it/);
  expect(refusal(damaged)).toMatch(/certificate cannot be read/);
  expect(refusal(key)).toMatch(/certificate is not a certificate in PEM/);
});
