import { expiry } from './expiry.js';
import { idleSources } from './idle-sources.js';
import { importTime } from './import-time.js';
import type { Measure } from './measure.js';
import { redisRoundTrips } from './redis-round-trips.js';
import { size } from './size.js';
import { storms } from './storms.js';
import { throughput } from './throughput.js';
import { warmRequest } from './warm-request.js';

/** In the order of the page. */
export const measures: Readonly<Record<string, Measure>> = {
  'warm-request': warmRequest,
  throughput,
  expiry,
  storms,
  'idle-sources': idleSources,
  'import-time': importTime,
  size,
  'redis-round-trips': redisRoundTrips,
};
