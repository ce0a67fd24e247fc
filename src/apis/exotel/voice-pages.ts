import { validateInput } from '../validate-input.js';
import type { ExotelClient } from './exotel-client.js';
import type { ExotelBasicOnlyOptions, ExotelIterateOptions } from './exotel-options.js';
import { withCursor } from './list-cursor.js';
import { repeatRead } from './repeat-read.js';
import {
  parseVoicePage,
  toVoiceListQuery,
  voiceCursor,
  voiceListSchema,
  type ExotelVoiceListQuery,
  type ExotelVoicePage,
} from './voice-list.js';
import {
  checkRange,
  firstWindow,
  readCursor,
  writeCursor,
  type VoicePlace,
} from './voice-windows.js';

/** The last argument of Voice v1 iterators. */
export type ExotelVoiceIterateOptions = Omit<ExotelIterateOptions, 'authScheme'>;

/** The page at the query's place, for a range that fits into one request. @internal */
export async function firstVoicePage(
  client: ExotelClient,
  query: ExotelVoiceListQuery | undefined,
  options: ExotelBasicOnlyOptions | undefined,
): Promise<ExotelVoicePage> {
  const { value } = await voicePages(client, 'voice.list', query, options).next();
  // There is always a first page, or an error.
  return value as ExotelVoicePage;
}

/** Page after page, and window after window if the range is too wide for one request. @internal */
export async function* voicePages(
  client: ExotelClient,
  operation: 'voice.list' | 'voice.pages' | 'voice.iterate',
  query: ExotelVoiceListQuery = {},
  { retries, ...options }: ExotelVoiceIterateOptions = {},
): AsyncGenerator<ExotelVoicePage, void, undefined> {
  const asked = validateInput(voiceListSchema, query, { api: 'exotel', operation });
  const { cursor, after, before, created, ...filters } = asked;
  // A list is one request; a cursor says which part of a wide range it is for.
  const anyWidth = operation !== 'voice.list' || cursor !== undefined;
  checkRange(created, { now: Date.now(), operation, anyWidth });
  const page = voiceCursor(after, before);
  let place: VoicePlace | undefined =
    cursor === undefined ? { created, page } : readCursor(cursor, operation);
  const seen = new Set<string>();
  while (place !== undefined) {
    const here = writeCursor(place);
    // A repeated cursor would loop forever.
    if (seen.size === seen.add(here).size) return;
    const { window, rest } = firstWindow(place.created, filters.order);
    const pageQuery: ExotelVoiceListQuery = { ...filters, created: window, ...place.page };
    const read = () => fetchPage(client, operation, pageQuery, options);
    const limits = { retries, signal: options.signal };
    const found = await repeatRead(read, limits).catch((error: unknown) => {
      throw withCursor(error, here);
    });
    if (found.next !== undefined) place = { created: place.created, page: found.next };
    else place = rest && { created: rest, page: undefined };
    yield { ...found, cursor: place && writeCursor(place) };
  }
}

async function fetchPage(
  client: ExotelClient,
  operation: string,
  query: ExotelVoiceListQuery,
  options: ExotelBasicOnlyOptions,
): Promise<Omit<ExotelVoicePage, 'cursor'>> {
  const { zonelessOffset } = client.options;
  const answer = await client.send(
    {
      operation,
      fixedAuth: 'basic',
      method: 'GET',
      host: 'voice',
      path: client.path('v1', 'Calls.json'),
      query: toVoiceListQuery(query, zonelessOffset),
      budget: 'voice',
    },
    options,
  );
  const page = parseVoicePage(answer.body, zonelessOffset);
  if (page === undefined) throw answer.unexpected('The response has no Calls.');
  return page;
}
