/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

// On a host that stands at UTC a time without a zone is read right by chance, and most CI hosts do.
process.env['TZ'] = 'America/St_Johns';

const config: Config = {
  testEnvironment: '<rootDir>/__tests__/setup/environment.cjs',
  // For a machine that is busy with something else; nothing here takes a sixth of it by itself. No test has less.
  testTimeout: 180_000,
  // A worker ends as soon as it is told to, but Node takes longer than jest's 500 ms to free the gigabyte that 126 files leave.
  workerGracefulExitTimeout: 5_000,
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/__tests__/package/fixtures/'],
  setupFilesAfterEnv: ['<rootDir>/__tests__/setup/loopback-only.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$|/node_modules/axios/lib/.*\\.js$': [
      '<rootDir>/__tests__/setup/transform.cjs',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true }, // As Nest wants them.
          target: 'es2022',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!axios/lib/)'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
};

export default config;
