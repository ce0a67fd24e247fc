/** @jest-config-loader esbuild-register */
import config from './jest.config.ts';

/** The tests of the rooms that `npm run mutation` mutates. */
export default {
  ...config,
  testMatch: ['<rootDir>/__tests__/{token,grants,providers,axios}/**/*.test.ts'],
};
