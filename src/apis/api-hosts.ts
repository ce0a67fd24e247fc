import type { AxiosInstance } from 'axios';
import { ApiInputError, type ApiName } from './api-input-error.js';

/** The hosts of an API's parts, by part. A missing part was never named, and is never called. */
type Hosts<Part extends string> = { readonly [Name in Part]?: string | undefined };

/** What the options and the docs say about an API's hosts. */
export interface HostPlan<Part extends string> {
  api: ApiName;
  /** The function whose options these are: `createExotelApi`. */
  operation: string;
  parts: readonly Part[];
  /** The hosts that the API's docs name, by region. */
  documented: Readonly<Record<string, Hosts<Part>>>;
  /** The option `hosts`. */
  hosts: Hosts<Part> | undefined;
  /** The option `region`, checked. */
  region?: string | undefined;
  /** The problem if nothing names a host, worded to follow `hosts`. */
  required: string;
}

/** The base address for one part of an API. Throws an ApiInputError of that operation if nothing names it. */
export type HostOf<Part extends string> = (part: Part, operation: string) => string;

/**
 * Keeps an API on the hosts that the options and the instance's `baseURL` name, with no default host:
 * a sandbox client must not ring telephones, or send its key, in production.
 *
 * `hosts` takes precedence. A documented host as `baseURL` stands for all hosts of its region; any other (sandbox, mock,
 * proxy) serves every part under its path. The `baseURL` is read at each call, since tests and apps change it later.
 *
 * @throws ApiInputError if nothing names a host, if a host is not a plain URL, or if `region` and `baseURL` contradict each other.
 */
export function createHostOf<Part extends string>(
  instance: AxiosInstance,
  plan: HostPlan<Part>,
): HostOf<Part> {
  const { api } = plan;
  const named = namedHosts(plan);
  const currentHosts = (): Hosts<Part> => ({
    ...hostsByBaseURL(instance.defaults.baseURL, named, plan),
    ...named,
  });
  if (Object.keys(currentHosts()).length === 0) {
    throw new ApiInputError({
      api,
      operation: plan.operation,
      field: 'hosts',
      problem: plan.required,
    });
  }
  return (part, operation) => {
    const host = currentHosts()[part];
    if (host !== undefined) return host;
    throw new ApiInputError({
      api,
      operation,
      field: `options.hosts.${part}`,
      problem: `is required for this call: neither the instance's baseURL nor another option names that host`,
    });
  };
}

function namedHosts<Part extends string>({ hosts, api, operation }: HostPlan<Part>): Hosts<Part> {
  const named = Object.entries<string | undefined>(hosts ?? {}).flatMap(([part, url]) =>
    url === undefined ? [] : [[part, toHost(api, operation, `hosts.${part}`, url)]],
  );
  // The keys are those of the option.
  return Object.fromEntries(named) as Hosts<Part>;
}

function hostsByBaseURL<Part extends string>(
  baseURL: string | undefined,
  named: Hosts<Part>,
  plan: HostPlan<Part>,
): Hosts<Part> {
  const { documented, region, parts } = plan;
  const ofRegion = region === undefined ? {} : (documented[region] ?? {});
  if (baseURL === undefined || baseURL === '') return ofRegion;
  const home = regionOf(baseURL, documented);
  const regionMatters = Object.keys(ofRegion).some((part) => !(part in named));
  if (region !== home && regionMatters) throw contradiction(home, plan);
  if (home !== undefined) return documented[home] ?? {};
  // Every part at one address.
  return Object.fromEntries(parts.map((part) => [part, baseURL])) as Hosts<Part>;
}

function contradiction(
  home: string | undefined,
  { api, operation, region }: HostPlan<string>,
): ApiInputError {
  const other = home === undefined ? "none of that region's hosts" : `a host of '${home}'`;
  return new ApiInputError({
    api,
    operation,
    field: 'region',
    problem: `is '${region}', but the baseURL of the axios instance is ${other}: leave region out to stay with the baseURL, or name every host in hosts`,
  });
}

/** The region that a documented host belongs to, whatever the path of the `baseURL`. */
function regionOf(
  baseURL: string,
  documented: Readonly<Record<string, Hosts<string>>>,
): string | undefined {
  if (!URL.canParse(baseURL)) return undefined;
  const { host } = new URL(baseURL);
  return Object.keys(documented).find((region) =>
    Object.values(documented[region] ?? {}).includes(`https://${host}`),
  );
}

/** A host option: an origin with an optional path. */
function toHost(api: ApiName, operation: string, field: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!plain) {
    throw new ApiInputError({
      api,
      operation,
      field,
      problem:
        'must be an http or https URL without credentials and query, like https://host.example',
    });
  }
  return value;
}
