import { type Mark, withMark } from '../lane-view.js';
import type { Happening } from '../happening.js';
import { inWords } from './words.js';

export type LogEntry = Happening | Mark;

const LONGEST_LOG = 150;

/** The log with one more entry, if there is anything to report; what happens to many requests at once is one entry. */
export function withLogged(log: readonly LogEntry[], happening: Happening): readonly LogEntry[] {
  if (inWords(happening) === undefined) return log;
  switch (happening.kind) {
    case 'joined':
    case 'rejected':
    case 'waited':
    case 'replayed':
    case 'failed':
      return withMark(log, happening).slice(-LONGEST_LOG);
    default:
      return [...log, happening].slice(-LONGEST_LOG);
  }
}
