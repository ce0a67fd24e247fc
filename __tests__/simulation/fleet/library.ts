import type { createBreaker } from '../../../src/sharing/breaker.js';
import type { nextStep } from '../../../src/sharing/shared-step.js';
import { jest } from '@jest/globals';

import * as breaker from '../../../src/sharing/breaker.js';
import * as sharedStep from '../../../src/sharing/shared-step.js';
import * as firstEditionModule from './fixtures/first-edition.mjs';
import type { Library } from './member.js';
import type { Tamper } from './link.js';

/*
 * Both editions of the library. The second is the code beside these tests, with a window in which a bug can be seeded on
 * purpose: import it from here, and from nowhere else.
 */

export const realNextStep = sharedStep.nextStep;
export const realCreateBreaker = breaker.createBreaker;

/** What a bug that is seeded on purpose puts in the place of a part. */
export interface FleetBug {
  readonly nextStep?: typeof nextStep;
  readonly createBreaker?: typeof createBreaker;
  readonly tamper?: Tamper;
  /** The store frees a lease for anybody who gives one back. */
  readonly releasedByAnybody?: boolean;
}

const seam = { nextStep: realNextStep, createBreaker: realCreateBreaker };

/** Each simulated world sets it anew. */
export function seed({ nextStep, createBreaker }: FleetBug): void {
  seam.nextStep = nextStep ?? realNextStep;
  seam.createBreaker = createBreaker ?? realCreateBreaker;
}

jest.unstable_mockModule('../../../src/sharing/shared-step.js', () => ({
  ...sharedStep,
  nextStep: (...args: Parameters<typeof nextStep>) => seam.nextStep(...args),
}));
jest.unstable_mockModule('../../../src/sharing/breaker.js', () => ({
  ...breaker,
  createBreaker: (...args: Parameters<typeof createBreaker>) => seam.createBreaker(...args),
}));

export const firstEdition = firstEditionModule as unknown as Library;
/** A store brings the code that shares tokens, and so the parts above. */
export const { createMemoryStore, createSharedStore } = await import('../../../src/store/index.js');
export const secondEdition: Library = {
  ...(await import('../../../src/axios/create-token-source.js')),
  ...(await import('../../../src/provider-definition/define-provider.js')),
};
