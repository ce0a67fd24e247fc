import type { Connection } from './findings.js';

const UNTRUSTED: readonly string[] = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
];
const NOT_TLS: readonly string[] = ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ECONNRESET'];

/** Whether a network error can only mean that TLS failed. */
export function isTLSCode(code: string): boolean {
  return UNTRUSTED.includes(code) || /^(CERT_|EPROTO$|ERR_TLS_|ERR_SSL_)/.test(code);
}

/** What to do if the connection was made but TLS failed. */
export function adviceOnTLS(
  { code, certificate }: Omit<Extract<Connection, { kind: 'insecure' }>, 'kind'>,
  origin: string,
): string[] {
  const host = new URL(origin).hostname;
  if (UNTRUSTED.includes(code)) {
    const issuer = certificate === undefined ? '' : ` It was issued by ${certificate.issuer}.`;
    return [
      `The TLS certificate of ${host} is not signed by an authority that this machine trusts (${code}).${issuer}`,
      'If your company inspects TLS, save its root certificate to a file and set NODE_EXTRA_CA_CERTS to the path. Otherwise do not send credentials there. Never turn verification off.',
    ];
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return [
        `The TLS certificate of ${host} is not currently valid (${code}${certificate === undefined ? '' : `, valid until ${certificate.validTo}`}). Check this machine's date first; if it is right, only the provider can fix this.`,
      ];
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        `The TLS certificate is for a host other than ${host}: the address is wrong, or something is intercepting the connection.`,
      ];
    default:
      return [
        NOT_TLS.includes(code)
          ? `The server at ${origin} does not speak TLS (${code}): it may be a plain http port, or a proxy in between.`
          : `TLS with ${host} failed (${code}).`,
      ];
  }
}
