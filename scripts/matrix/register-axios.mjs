/* The same for processes that the tests start, which are plain Node. */
import { register } from 'node:module';

register('./resolve-axios.mjs', import.meta.url);
