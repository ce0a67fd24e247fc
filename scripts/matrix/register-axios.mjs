/* The same for processes that the tests start, which are plain Node. */
import module from 'node:module';
import { resolve } from './resolve-axios.mjs';

// Node 20 has only the older of the two; the newest Nodes warn about it.
if (module.registerHooks === undefined) module.register('./resolve-axios.mjs', import.meta.url);
else module.registerHooks({ resolve });
