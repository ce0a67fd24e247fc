/* Imports axios and then one entry point more, or that entry point alone, and reports how long each took. */
import { createRequire } from 'node:module';

const { IMPORT_ENTRY: entry = '', IMPORT_BY: by, IMPORT_OVER_AXIOS: overAxios } = process.env;
const require = createRequire(import.meta.url);
// What is not known when this file is compiled cannot be among its imports.
const load = (name: string): unknown =>
  by === 'require' ? require(name) : (import(name) as Promise<unknown>);

const startedAt = performance.now();
if (overAxios === '1') await load('axios');
const betweenAt = performance.now();
if (entry !== '') await load(entry);
const endedAt = performance.now();
process.send?.({ axiosMs: betweenAt - startedAt, entryMs: endedAt - betweenAt }, () =>
  process.exit(),
);
