/* Fails every test file of a cell that would run on a different axios from the one in the table. */
import axios from 'axios';

const wanted = process.env.MATRIX_AXIOS_VERSION;
if (axios.VERSION !== wanted) throw new Error(`axios ${axios.VERSION} instead of ${wanted}`);
