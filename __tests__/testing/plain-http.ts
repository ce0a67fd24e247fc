import axios from 'axios';
import type { AxiosResponse } from 'axios';
import type {
  ExotelSandbox,
  Learning360Sandbox,
  OAuth2Sandbox,
  SingleviewSandbox,
  TruecallerSandbox,
  Udara360Sandbox,
} from '../../src/testing/index.js';

/** Axios without the library: every status is an answer, no redirect is followed. */
export const http = axios.create({ validateStatus: () => true, maxRedirects: 0 });

/** The header that carries a token. */
export function bearer(token: unknown): { headers: { authorization: string } } {
  return { headers: { authorization: `Bearer ${String(token)}` } };
}

export function askExotel({ tokenUrl, credentials }: ExotelSandbox): Promise<AxiosResponse> {
  const { apiKey, apiToken } = credentials;
  return http.post(tokenUrl, undefined, { auth: { username: apiKey, password: apiToken } });
}

export function askTruecaller({
  tokenUrl,
  credentials,
}: TruecallerSandbox): Promise<AxiosResponse> {
  const { apiKey, keyId } = credentials;
  return http.post(
    tokenUrl,
    { api_key: apiKey, key_id: keyId },
    { headers: { 'x-public-access': 'allow' } },
  );
}

export function askLearning360(
  { tokenUrl, credentials }: Learning360Sandbox,
  extra: object = {},
): Promise<AxiosResponse> {
  return http.post(tokenUrl, {
    grant_type: 'client_credentials',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
    ...extra,
  });
}

export function askSingleview(
  { tokenUrl, credentials }: SingleviewSandbox,
  grantType = 'client_credentials',
): Promise<AxiosResponse> {
  return http.post(tokenUrl, { ...credentials, grantType });
}

export function askUdara360({ tokenUrl, credentials }: Udara360Sandbox): Promise<AxiosResponse> {
  return http.post(tokenUrl, credentials);
}

export function askOAuth2(
  { tokenUrl, credentials }: OAuth2Sandbox,
  params: Record<string, string> = {},
): Promise<AxiosResponse> {
  return http.post(
    tokenUrl,
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      ...params,
    }),
  );
}
