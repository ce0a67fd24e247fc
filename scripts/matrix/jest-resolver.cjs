/* Has jest take axios from the folder of the cell, whoever asks for it: us, axios-auth-refresh, a test. */
const { join } = require('node:path');

module.exports = (request, options) =>
  options.defaultResolver(
    request,
    request === 'axios' || request.startsWith('axios/')
      ? { ...options, basedir: join(process.env.MATRIX_AXIOS, '..', '..') }
      : options,
  );
