import type { TokenEndpointProvider } from '../../src/provider-definition/define-provider.js';
import {
  adobe,
  akeneo,
  amadeus,
  auth0,
  box,
  commercetools,
  databricks,
  dockerHub,
  ebay,
  entra,
  fedex,
  genesys,
  hubspot,
  marketo,
  okta,
  paypal,
  sabre,
  salesforce,
  spotify,
  twilio,
  twitch,
  ups,
  zoom,
  zuora,
} from '../../src/presets/index.js';

/** What a page says of a token call, as data: what goes out, what comes back, and what a refusal looks like where the page shows one. */
export interface Conversation {
  readonly name: string;
  readonly file: string;
  readonly create: (options: any) => TokenEndpointProvider<any>;
  /** The options without which there is no provider, and the credentials. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Those of them that may be left out. */
  readonly optional?: readonly string[];
  readonly request: {
    readonly method?: string;
    readonly url: string;
    readonly authorization?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly form?: string;
    readonly json?: object;
  };
  /** Without the token. */
  readonly answer: object;
  /** Seconds that the token lives. */
  readonly lives: number | 'unknown';
  /** The refusal that the page shows. */
  readonly refusal?: {
    readonly status: number;
    readonly body: object;
    readonly becomes: string;
    readonly diagnosis: object | undefined;
  };
  /** How the API refuses a token, if not by a 401. */
  readonly rejection?: { readonly status: number; readonly body: object };
}

// Characters that form encoding would change: the pages show plain Base64.
const client = { clientId: 'client-1', clientSecret: 's3cret+/=~' };
const BASIC = `Basic ${Buffer.from('client-1:s3cret+/=~').toString('base64')}`;
const FORM = 'grant_type=client_credentials';
const IN_BODY = 'client_id=client-1&client_secret=s3cret%2B%2F%3D%7E';
const bearer = { token_type: 'Bearer' };

export const conversations: readonly Conversation[] = [
  {
    name: 'adobe',
    file: 'adobe',
    create: adobe,
    options: {
      ...client,
      baseURL: 'https://platform.adobe.example',
      scope: ['openid', 'AdobeID', 'read_organizations'],
    },
    request: {
      url: 'https://ims-na1.adobelogin.com/ims/token/v3',
      form: `${FORM}&scope=openid%2CAdobeID%2Cread_organizations&${IN_BODY}`,
    },
    answer: { token_type: 'bearer', expires_in: 86_399 },
    lives: 86_399,
  },
  {
    name: 'akeneo',
    file: 'akeneo',
    create: akeneo,
    options: {
      ...client,
      username: 'myERPuser',
      password: '64bngr78',
      baseURL: 'https://pim.example',
    },
    request: {
      url: 'https://pim.example/api/oauth/v1/token',
      authorization: BASIC,
      json: { grant_type: 'password', username: 'myERPuser', password: '64bngr78' },
    },
    answer: { expires_in: 3_600, token_type: 'bearer', scope: null, refresh_token: 'MDk2ZmIw' },
    lives: 3_600,
  },
  {
    name: 'amadeus',
    file: 'amadeus',
    create: amadeus,
    optional: ['environment'],
    options: { ...client, environment: 'test' },
    request: {
      url: 'https://test.api.amadeus.com/v1/security/oauth2/token',
      form: `${FORM}&${IN_BODY}`,
    },
    answer: {
      type: 'amadeusOAuth2Token',
      username: 'foo@bar.com',
      application_name: 'BetaTest_foobar',
      client_id: 'client-1',
      token_type: 'Bearer',
      expires_in: 1_799,
      state: 'approved',
      scope: '',
    },
    lives: 1_799,
    refusal: {
      status: 401,
      body: {
        error: 'invalid_client',
        error_description: 'Client credentials are invalid',
        code: 38_187,
        title: 'Invalid parameters',
      },
      becomes: 'ERR_CREDENTIALS_REJECTED',
      diagnosis: { code: '38187', message: 'Client credentials are invalid' },
    },
  },
  {
    name: 'auth0',
    file: 'auth0',
    create: auth0,
    options: {
      ...client,
      baseURL: 'https://api.example',
      domain: 'acme.eu.auth0.com',
      audience: 'https://api.example/',
    },
    request: {
      url: 'https://acme.eu.auth0.com/oauth/token',
      form: `${FORM}&audience=https%3A%2F%2Fapi.example%2F&${IN_BODY}`,
    },
    answer: { ...bearer, expires_in: 86_400 },
    lives: 86_400,
  },
  {
    name: 'box',
    file: 'box',
    create: box,
    options: { ...client, enterpriseId: '123456789' },
    request: {
      url: 'https://api.box.com/oauth2/token',
      form: `${FORM}&box_subject_type=enterprise&box_subject_id=123456789&${IN_BODY}`,
    },
    answer: { token_type: 'bearer', expires_in: 3_600, restricted_to: [] },
    lives: 3_600,
    refusal: {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Grant credentials are invalid' },
      becomes: 'ERR_CREDENTIALS_REJECTED',
      diagnosis: { code: 'invalid_grant', message: 'Grant credentials are invalid' },
    },
  },
  {
    name: 'commercetools',
    file: 'commercetools',
    create: commercetools,
    optional: ['scope'],
    options: {
      ...client,
      region: 'eu-central-1.aws',
      scope: ['view_products:my-project', 'manage_orders:my-project'],
    },
    request: {
      url: 'https://auth.eu-central-1.aws.commercetools.com/oauth/token',
      authorization: BASIC,
      form: `${FORM}&scope=view_products%3Amy-project+manage_orders%3Amy-project`,
    },
    answer: { scope: 'view_products:my-project manage_orders:my-project' },
    lives: 'unknown',
  },
  {
    name: 'databricks',
    file: 'databricks',
    create: databricks,
    options: { ...client, baseURL: 'https://acme.cloud.databricks.example' },
    request: {
      url: 'https://acme.cloud.databricks.example/oidc/v1/token',
      authorization: BASIC,
      form: `${FORM}&scope=all-apis`,
    },
    answer: { ...bearer, expires_in: 3_600 },
    lives: 3_600,
    refusal: {
      status: 401,
      body: { errorCode: 'invalid_client', errorSummary: 'Client authentication failed' },
      becomes: 'ERR_CREDENTIALS_REJECTED',
      diagnosis: { code: 'invalid_client', message: 'Client authentication failed' },
    },
  },
  {
    name: 'dockerHub',
    file: 'docker-hub',
    create: dockerHub,
    options: { identifier: 'myusername', secret: 'dckr_pat_124509ugsdjga93' },
    request: {
      url: 'https://hub.docker.com/v2/auth/token',
      json: { identifier: 'myusername', secret: 'dckr_pat_124509ugsdjga93' },
    },
    answer: {},
    lives: 'unknown',
  },
  {
    name: 'ebay',
    file: 'ebay',
    create: ebay,
    optional: ['environment'],
    options: { ...client, environment: 'sandbox' },
    request: {
      url: 'https://api.sandbox.ebay.com/identity/v1/oauth2/token',
      authorization: BASIC,
      form: `${FORM}&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope`,
    },
    answer: { token_type: 'Application Access Token' },
    lives: 'unknown',
  },
  {
    name: 'entra',
    file: 'entra',
    create: entra,
    options: {
      ...client,
      baseURL: 'https://graph.microsoft.com',
      tenantId: 'contoso.onmicrosoft.com',
      scope: 'https://graph.microsoft.com/.default',
    },
    request: {
      url: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token',
      form: `${FORM}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&${IN_BODY}`,
    },
    answer: { ...bearer, expires_in: 3_599 },
    lives: 3_599,
    refusal: {
      status: 400,
      body: {
        error: 'invalid_scope',
        error_description:
          "AADSTS70011: The provided value for the input parameter 'scope' is not valid.",
        error_codes: [70_011],
        timestamp: '2016-01-09 02:02:12Z',
        trace_id: '255d1aef-8c98-452f-ac51-23d051240864',
        correlation_id: 'fb3d2015-bc17-4bb9-bb85-30c5cf1aaaa7',
      },
      becomes: 'ERR_CREDENTIALS_REJECTED',
      diagnosis: {
        code: 'invalid_scope',
        message: "AADSTS70011: The provided value for the input parameter 'scope' is not valid.",
        requestId: '255d1aef-8c98-452f-ac51-23d051240864',
      },
    },
  },
  {
    name: 'fedex',
    file: 'fedex',
    create: fedex,
    optional: ['environment'],
    options: { ...client, environment: 'test' },
    request: { url: 'https://apis-sandbox.fedex.com/oauth/token', form: `${FORM}&${IN_BODY}` },
    answer: {},
    lives: 3_600,
  },
  {
    name: 'genesys',
    file: 'genesys',
    create: genesys,
    options: { ...client, region: 'eu_central_1' },
    request: {
      url: 'https://login.mypurecloud.de/oauth/token',
      authorization: BASIC,
      form: FORM,
    },
    answer: { expires_in: 86_400 },
    lives: 86_400,
  },
  {
    name: 'hubspot',
    file: 'hubspot',
    create: hubspot,
    options: {
      ...client,
      scope: ['developer.webhooks_journal.read', 'developer.webhooks_journal.subscriptions.read'],
    },
    request: {
      url: 'https://api.hubapi.com/oauth/2026-03/token',
      form: `${FORM}&scope=developer.webhooks_journal.read+developer.webhooks_journal.subscriptions.read&${IN_BODY}`,
    },
    answer: { token_use: 'client_credentials', token_type: 'bearer', expires_in: 1_800 },
    lives: 1_800,
    refusal: {
      status: 400,
      body: {
        message: 'Invalid input (details will vary based on the error)',
        correlationId: 'aeb5f871-7f07-4993-9211-075dc63e7cbf',
        category: 'VALIDATION_ERROR',
      },
      becomes: 'ERR_TOKEN_REQUEST_REFUSED',
      diagnosis: {
        code: 'VALIDATION_ERROR',
        message: 'Invalid input (details will vary based on the error)',
      },
    },
  },
  {
    name: 'marketo',
    file: 'marketo',
    create: marketo,
    options: {
      ...client,
      baseURL: 'https://123-abc-456.mktorest.example',
      identityUrl: 'https://123-abc-456.mktorest.example/identity/',
    },
    request: {
      method: 'GET',
      url: `https://123-abc-456.mktorest.example/identity/oauth/token?${FORM}&${IN_BODY}`,
    },
    answer: { token_type: 'bearer', expires_in: 3_599, scope: 'apis@acmeinc.com' },
    lives: 3_599,
    rejection: {
      status: 200,
      body: {
        requestId: 'e42b#14272d07d78',
        success: false,
        errors: [{ code: '602', message: 'Access token expired' }],
      },
    },
  },
  {
    name: 'okta',
    file: 'okta',
    create: okta,
    options: {
      ...client,
      baseURL: 'https://api.example',
      domain: 'acme.okta.com',
      scope: 'customScope',
    },
    request: {
      url: 'https://acme.okta.com/oauth2/default/v1/token',
      authorization: BASIC,
      form: `${FORM}&scope=customScope`,
    },
    answer: { ...bearer, expires_in: 3_600, scope: 'customScope' },
    lives: 3_600,
  },
  {
    name: 'paypal',
    file: 'paypal',
    create: paypal,
    optional: ['environment'],
    options: { ...client, environment: 'sandbox' },
    request: {
      url: 'https://api-m.sandbox.paypal.com/v1/oauth2/token',
      authorization: BASIC,
      form: FORM,
    },
    answer: {
      scope: 'scope',
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: 31_349,
      nonce: 'nonce',
    },
    lives: 31_349,
  },
  {
    name: 'sabre',
    file: 'sabre',
    create: sabre,
    optional: ['environment'],
    options: {
      clientId: 'V1:userid:group:domain',
      clientSecret: '12345',
      environment: 'certification',
    },
    request: {
      url: 'https://api.cert.platform.sabre.com/v2/auth/token',
      authorization: 'Basic VmpFNmRYTmxjbWxrT21keWIzVndPbVJ2YldGcGJnPT06TVRJek5EVT0=',
      form: FORM,
    },
    answer: { token_type: 'bearer', expires_in: 604_800 },
    lives: 604_800,
  },
  {
    name: 'salesforce',
    file: 'salesforce',
    create: salesforce,
    options: { ...client, baseURL: 'https://acme.my.salesforce.com' },
    request: {
      url: 'https://acme.my.salesforce.com/services/oauth2/token',
      form: `${FORM}&${IN_BODY}`,
    },
    answer: {
      signature: 'nUFHwtfIGLKDTHcLWmDBG8frv0t+HQGl/iCZFIQUarE=',
      token_format: 'opaque',
      instance_url: 'https://acme.my.salesforce.com',
      id: 'https://login.salesforce.com/id/00Dd000000XXXXXXX/005d000000XXXXX',
      token_type: 'Bearer',
      issued_at: '1893553445000',
    },
    lives: 'unknown',
  },
  {
    name: 'spotify',
    file: 'spotify',
    create: spotify,
    options: client,
    request: {
      url: 'https://accounts.spotify.com/api/token',
      authorization: BASIC,
      form: FORM,
    },
    answer: {},
    lives: 'unknown',
  },
  {
    name: 'twilio',
    file: 'twilio',
    create: twilio,
    options: client,
    request: { url: 'https://oauth.twilio.com/v2/token', form: `${FORM}&${IN_BODY}` },
    answer: { token_type: 'bearer', expires_in: 3_600, refresh_token: null, id_token: null },
    lives: 3_600,
    refusal: {
      status: 400,
      body: {
        code: 400,
        message: 'bad request',
        more_info: 'https://www.twilio.com/docs/errors/400',
        status: 400,
      },
      becomes: 'ERR_TOKEN_REQUEST_REFUSED',
      diagnosis: { code: '400', message: 'bad request' },
    },
  },
  {
    name: 'twitch',
    file: 'twitch',
    create: twitch,
    options: client,
    request: { url: 'https://id.twitch.tv/oauth2/token', form: `${FORM}&${IN_BODY}` },
    answer: { expires_in: 5_011_271, token_type: 'bearer' },
    lives: 5_011_271,
  },
  {
    name: 'ups',
    file: 'ups',
    create: ups,
    optional: ['environment', 'accountNumber'],
    options: { ...client, environment: 'test', accountNumber: '123456' },
    request: {
      url: 'https://wwwcie.ups.com/security/v1/oauth/token',
      authorization: BASIC,
      headers: { 'x-merchant-id': '123456' },
      form: FORM,
    },
    answer: {
      token_type: 'Bearer',
      issued_at: '1893553445000',
      client_id: 'client-1',
      scope: '',
      expires_in: '14399',
      refresh_count: '0',
      status: 'approved',
    },
    lives: 14_399,
    refusal: {
      status: 401,
      body: { response: { errors: [{ code: 'a-code', message: 'A message' }] } },
      becomes: 'ERR_CREDENTIALS_REJECTED',
      diagnosis: { code: 'a-code', message: 'A message' },
    },
  },
  {
    name: 'zoom',
    file: 'zoom',
    create: zoom,
    options: { ...client, accountId: 'account-1' },
    request: {
      url: 'https://zoom.us/oauth/token',
      authorization: BASIC,
      form: 'grant_type=account_credentials&account_id=account-1',
    },
    answer: { token_type: 'bearer', expires_in: 3_600 },
    lives: 3_600,
  },
  {
    name: 'zuora',
    file: 'zuora',
    create: zuora,
    options: { ...client, baseURL: 'https://rest.zuora.com' },
    request: { url: 'https://rest.zuora.com/oauth/token', form: `${FORM}&${IN_BODY}` },
    answer: {
      expires_in: 3_599,
      jti: 'c652cbc0ea384b9f81856a93a2a74539',
      scope: 'user.7c4d service.echo.read tenant.19',
      token_type: 'bearer',
    },
    lives: 3_599,
    refusal: {
      status: 429,
      body: {},
      becomes: 'ERR_TOKEN_REQUEST_REFUSED',
      diagnosis: undefined,
    },
  },
];
