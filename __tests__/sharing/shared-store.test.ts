import { describe, expect, test } from '@jest/globals';

import { createTokenSource, MisconfigurationError } from '../../src/index.js';
import { createMemoryStore, createSharedStore, type TokenStore } from '../../src/store/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import { acme, handHeldEndpoint } from '../token-source/hand-held.js';

/** As somebody writes a store: its functions stand in the prototype. */
class OwnStore implements TokenStore {
  readonly #records = createMemoryStore();
  readonly checked: unknown[] = [];

  check(settings: unknown): void {
    this.checked.push(settings);
  }

  open(...given: Parameters<TokenStore['open']>) {
    return this.#records.open(...given);
  }
}

/** Two sources with this store, asked one after the other. */
async function tokenCallsOfTwo(store: ReturnType<typeof createSharedStore>): Promise<number> {
  const endpoint = handHeldEndpoint(createFakeClock());
  endpoint.onCall = (call, count) => call.issue(`T${count}`);
  for (const source of [1, 2].map(() =>
    createTokenSource(acme(), { store, transport: { adapter: endpoint.adapter } }),
  )) {
    expect((await source.getToken()).value).toBe('T1');
    source.close();
  }
  return endpoint.calls.length;
}

describe('a store of your own', () => {
  test('shares tokens once it is made a shared store, and is asked to check the settings', async () => {
    const own = new OwnStore();
    expect(await tokenCallsOfTwo(createSharedStore(own))).toBe(1);
    expect(own.checked).toEqual(Array(2).fill({ cacheIdentity: undefined }));
  });

  test('is refused at creation as it is, with the import that helps', () => {
    const create = () => createTokenSource(acme(), { store: new OwnStore() as never });
    expect(create).toThrow(MisconfigurationError);
    expect(create).toThrow('Pass createSharedStore(yours) of axios-bearer/store');
  });

  test('may wrap another shared store by a spread', async () => {
    const shared = createMemoryStore();
    let opened = 0;
    const wrapped = {
      ...shared,
      open: (...given: Parameters<TokenStore['open']>) => ((opened += 1), shared.open(...given)),
    };
    expect(await tokenCallsOfTwo(wrapped)).toBe(1);
    expect(opened).toBe(2);
  });
});

test.each([[undefined], [null], ['redis'], [{ get: () => undefined }]])(
  'createSharedStore refuses %j, which is not a store',
  (value) => {
    expect(() => createSharedStore(value as never)).toThrow(/store is not a token store/);
  },
);
