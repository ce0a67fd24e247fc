import { type Crowded, withMark } from '../lane-view.js';
import type { Happening } from '../happening.js';
import { inWords } from './words.js';

export type LogEntry = Crowded<Happening>;

const LONGEST_LOG = 150;

/** The log with one more entry, if there is anything to report; what happens to many requests at once is one entry. */
export function withLogged(log: readonly LogEntry[], happening: Happening): readonly LogEntry[] {
  return inWords(happening) === undefined ? log : withMark(log, happening).slice(-LONGEST_LOG);
}
