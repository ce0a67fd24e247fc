/* For the matrix: every instance that does not choose an adapter itself uses fetch. */
import axios from 'axios';

axios.defaults.adapter = 'fetch';
