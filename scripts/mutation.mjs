/*
 * Mutation testing, room by room: each room's code against that room's own tests.
 * `npm run mutation` runs all rooms, `npm run mutation -- token` one; `--files src/token/lifetime.ts` only some files of it.
 */
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const ROOMS = {
  token: { mutate: ['src/token/**/*.ts'], tests: ['token/**'] },
  grants: { mutate: ['src/grants/*.ts'], tests: ['grants/**'] },
  axios: { mutate: ['src/axios/*.ts'], tests: ['axios/**'] },
};

// Every mutant meets every property that reaches it: a few runs do, and the examples beside them.
process.env.PROPERTY_RUNS ??= '50';

const { values, positionals } = parseArgs({
  options: { files: { type: 'string', multiple: true }, concurrency: { type: 'string' } },
  allowPositionals: true,
});

for (const room of positionals.length > 0 ? positionals : Object.keys(ROOMS)) {
  const { mutate, tests } = ROOMS[room];
  console.log(`\n──── ${room} ${'─'.repeat(60)}`);
  await new Stryker({
    mutate: values.files ?? mutate,
    jest: {
      config: { testMatch: tests.map((folder) => `<rootDir>/__tests__/${folder}/*.test.ts`) },
    },
    jsonReporter: { fileName: `reports/mutation/${room}.json` },
    htmlReporter: { fileName: `reports/mutation/${room}.html` },
    ...(values.concurrency === undefined ? {} : { concurrency: Number(values.concurrency) }),
  }).runMutationTest();
}
