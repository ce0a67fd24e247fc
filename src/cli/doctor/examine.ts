import { isBearerError, type TokenEndpointProvider } from '../../index.js';
import type { Values } from '../given-values.js';
import { createProvider, gatherValues, type ProviderOptions } from '../open-provider.js';
import { CATALOGUE, choiceOf, variableOf } from '../provider-catalogue.js';
import type { ProviderName } from '../provider-names.js';
import type { Choice, Configuration, Findings, Network } from './findings.js';
import { probeConnection, probeDNS } from './probe-network.js';
import { probeTokenCall } from './probe-token-call.js';
import { proxyVariable } from './proxy-variable.js';

/** Checks the configuration and the path to the token endpoint, and makes one token call. */
export async function examine(
  name: ProviderName,
  options: ProviderOptions,
  timeoutMs: number,
): Promise<Findings> {
  const values = await gatherValues(name, options);
  try {
    const provider = createProvider(name, values);
    return {
      provider: name,
      configuration: configurationOf(name, provider, values, options),
      network: await probeNetwork(provider, timeoutMs),
    };
  } catch (error) {
    if (!isBearerError(error, 'ERR_BEARER_MISCONFIGURED')) throw error;
    return { provider: name, configuration: { kind: 'wrong', problem: error.message } };
  }
}

function configurationOf(
  name: ProviderName,
  { credentialFields, tokenBudget }: TokenEndpointProvider,
  values: Values,
  options: ProviderOptions,
): Configuration {
  const { settings } = CATALOGUE[name];
  const address = settings.find(({ option }) => option === 'tokenUrl') ? 'tokenUrl' : 'baseURL';
  const isGiven = values[address] !== undefined;
  const from = options.baseUrl === undefined ? variableOf(name, address) : '--base-url';
  return {
    kind: 'usable',
    credentials: Object.keys(credentialFields),
    choice: chosen(name, values),
    addressFrom: isGiven ? from : undefined,
    tokenBudget,
  };
}

function chosen(name: ProviderName, values: Values): Choice | undefined {
  const setting = choiceOf(name);
  const [usual, ...others] = setting?.values ?? [];
  if (setting === undefined || usual === undefined) return undefined;
  const { option } = setting;
  const value = values[option] ?? usual;
  return {
    option,
    variable: variableOf(name, option),
    value,
    isGiven: values[option] !== undefined,
    others: [usual, ...others].filter((other) => other !== value),
  };
}

async function probeNetwork(provider: TokenEndpointProvider, timeoutMs: number): Promise<Network> {
  const origin = await tokenOrigin(provider);
  const tokenCall = await probeTokenCall(provider, timeoutMs);
  const proxyFrom = tokenCall.isDirect ? undefined : proxyVariable(origin);
  if (proxyFrom !== undefined) {
    const skipped = { kind: 'skipped' } as const;
    return { origin, proxyFrom, dns: skipped, connection: skipped, tokenCall };
  }
  const [dns, connection] = await Promise.all([
    probeDNS(new URL(origin).hostname),
    probeConnection(origin, timeoutMs),
  ]);
  return { origin, dns, connection, tokenCall };
}

/** Built-in providers need no call before the token call. */
function send(): Promise<never> {
  return Promise.reject(new Error('doctor sends nothing to find the token endpoint.'));
}

async function tokenOrigin(provider: TokenEndpointProvider): Promise<string> {
  const signal = new AbortController().signal;
  const credentials = await provider.resolveCredentials({ params: {}, signal });
  const { url } = await provider.tokenRequest(
    credentials,
    {},
    { send, purpose: 'identity', signal, now: Date.now },
  );
  return new URL(url, provider.baseURL).origin;
}
