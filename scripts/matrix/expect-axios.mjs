/* Fails every test file of a cell that would run on another axios than the one that the table names. */
import axios from 'axios';

const wanted = process.env.MATRIX_AXIOS_VERSION;
if (axios.VERSION !== wanted) throw new Error(`axios ${axios.VERSION} instead of ${wanted}`);
