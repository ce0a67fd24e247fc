type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variable that sends requests to this origin through a proxy; axios heeds the same ones. */
export function proxyVariable(origin: string, environment: Environment): string | undefined {
  const { protocol, hostname } = new URL(origin);
  const set = (name: string) =>
    [name, name.toUpperCase()].find((variable) => (environment[variable] ?? '') !== '');
  const exceptions = set('no_proxy');
  const isExcepted =
    exceptions !== undefined &&
    (environment[exceptions] ?? '').split(/[\s,]+/).some((entry) => covers(entry, hostname));
  return isExcepted ? undefined : (set(`${protocol.slice(0, -1)}_proxy`) ?? set('all_proxy'));
}

function covers(entry: string, hostname: string): boolean {
  const suffix = entry.replace(/:\d+$/, '').replace(/^\*?\.?/, '');
  if (suffix === '') return entry === '*';
  return hostname === suffix || hostname.endsWith(`.${suffix}`);
}
