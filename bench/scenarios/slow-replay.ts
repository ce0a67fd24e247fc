import type { Stage } from './scenario.js';

const SLOW_MS = 1_500;
const MARK = 'x-slow';

/** Makes the second send of requests that carry these headers, the replay, be accepted at once and answered late. */
export function slowReplays({ server }: Stage): {
  readonly headers: Readonly<Record<string, string>>;
  /** Resolves when such a replay has been accepted. */
  readonly accepted: Promise<void>;
} {
  let sends = 0;
  let accept: () => void = () => undefined;
  const accepted = new Promise<void>((resolve) => {
    accept = resolve;
  });
  server.api.delay(({ headers }) => {
    if (headers[MARK] === undefined) return 0;
    sends += 1;
    if (sends !== 2) return 0;
    accept();
    return SLOW_MS;
  });
  return { headers: { [MARK]: '1' }, accepted };
}
