import * as v from 'valibot';

import { LASTING_FAULTS, MOMENTARY_FAULTS, MOST_REQUESTS_PER_SECOND } from './happening.js';

/** A provider's name; if left out, all providers. */
const lane = v.optional(v.string());

const schema = v.variant('do', [
  v.strictObject({
    do: v.literal('load'),
    perSecond: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_REQUESTS_PER_SECOND)),
  }),
  v.strictObject({ do: v.literal('burst'), lane }),
  v.strictObject({ do: v.literal('press'), fault: v.picklist(MOMENTARY_FAULTS), lane }),
  v.strictObject({
    do: v.literal('switch'),
    fault: v.picklist(LASTING_FAULTS),
    on: v.boolean(),
    lane,
  }),
  v.strictObject({ do: v.literal('recover'), lane }),
]);

/** What a button of the page asks for. */
export type Command = v.InferOutput<typeof schema>;

/** The command in the body of a POST; `undefined` if it is not one. */
export function parseCommand(body: string): Command | undefined {
  try {
    return v.parse(schema, JSON.parse(body));
  } catch {
    return undefined;
  }
}
