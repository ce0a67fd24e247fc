import type { Remarks } from './benchmarks-page.js';

/** Why a goal is missed and what would get there, each from a profile. Shown only while the goal is missed. */
export const remarks: Remarks = {
  'an idle token source takes at most 2,048 bytes':
    "Weighed part by part (5,000 of each): the provider 1.8 kB, of which 0.65 kB are its spread with a symbol into an object without a shape of its own and 0.3 kB its credentials' way through `Object.fromEntries`; the source before its first token 0.7 kB, of which 0.26 kB are options that are the same for all; with the first token 1.9 kB more, of which 1.3 kB are the function that p-memoize makes, with its copied properties. One such function for all sources, or one for the length of a flight, a provider of fixed shape and shared default options would come to about 1.9 kB.",
  'a look-up does not grow with their number':
    'Nothing is searched; what grows is the way through memory. A look-up reads the source, its options, the clock, the entry, its state, the slot, two boxed times and the token, each from another place, and of 100,000 sources none is in the cache of the processor. The token and the two times until which it is fresh as plain fields of the entry would leave two or three reads.',
  'the core is at most 8 kB, minified and gzipped, without axios':
    'Minified, 69 kB: the token source 30 kB (of these the part that speaks to a shared store 9 kB), the interceptors 13 kB, the life of a token 12 kB, grants and stores 9 kB, axios-auth-refresh, p-memoize and errors 6 kB. Moving what only a shared store needs to the entry point of that store, and the memory store out of the core, would save about a quarter; the rest is what the behaviours need.',
  "the import takes at most 15 ms over axios's own":
    'The core itself is half of it (one file of 116 kB with three chunks), axios-auth-refresh and p-memoize the other half, since each further file costs Node about a millisecond.',
};
