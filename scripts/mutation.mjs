/*
 * Mutation testing, room by room: each room's code against that room's own tests.
 * `npm run mutation` runs all rooms, `npm run mutation -- token` one; `--files src/token/lifetime.ts` only some files of it.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const SHARING = ['knowledge', 'shared-flight', 'shared-step', 'breaker', 'solo-mints'];
const ROOMS = {
  token: { mutate: ['src/token/**/*.ts'], jest: testsIn('token') },
  'provider-definition': {
    mutate: ['src/provider-definition/*.ts'],
    jest: testsIn('provider-definition'),
  },
  // The files that decide. What the shell around them does with real stores and processes is shown by the other tests.
  sharing: {
    mutate: SHARING.map((file) => `src/sharing/${file}.ts`),
    jest: {
      testMatch: [...SHARING, 'guarded-store'].map(
        (file) => `<rootDir>/__tests__/sharing/${file}.test.ts`,
      ),
    },
  },
  axios: {
    mutate: ['src/axios/*.ts'],
    // Left out: long files that repeat what others show. A mutant that survives runs all that are left.
    jest: {
      ...testsIn('axios'),
      testPathIgnorePatterns: [
        'node_modules',
        '/axios/(always-401|microtask-sweep|no-secret|same-as-bare|printed-errors)',
      ],
    },
  },
};

function testsIn(room) {
  return { testMatch: [`<rootDir>/__tests__/${room}/**/*.test.ts`] };
}

// Every mutant meets every property that reaches it: a few runs do, and the examples beside them.
process.env.PROPERTY_RUNS ??= '50';

const { values, positionals } = parseArgs({
  options: { files: { type: 'string', multiple: true }, concurrency: { type: 'string' } },
  allowPositionals: true,
});

for (const room of positionals.length > 0 ? positionals : Object.keys(ROOMS)) {
  const { mutate, jest } = ROOMS[room];
  console.log(`\n──── ${room} ${'─'.repeat(60)}`);
  await new Stryker({
    mutate: values.files ?? mutate,
    jest: {
      config: {
        ...jest,
        // Stryker takes `<rootDir>` for the name of a folder.
        testEnvironment: resolve('__tests__/setup/environment.cjs'),
        // A mutant for which a test waits in vain costs one such wait.
        testTimeout: 30_000,
      },
    },
    jsonReporter: { fileName: `reports/mutation/${room}.json` },
    htmlReporter: { fileName: `reports/mutation/${room}.html` },
    ...(values.concurrency === undefined ? {} : { concurrency: Number(values.concurrency) }),
  }).runMutationTest();
}
