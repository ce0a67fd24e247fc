import type { Remarks } from './benchmarks-page.js';

/** Why a goal is missed and what would get there, each from a profile. Shown only while the goal is missed. */
export const remarks: Remarks = {};
