import jestPlugin from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

/** What jest-environment-jsdom leaves out of what every other platform has. */
const MISSING_IN_JSDOM = [
  'TextEncoder',
  'TextDecoder',
  'structuredClone',
  'fetch',
  'Request',
  'Response',
  'ReadableStream',
  'MessageChannel',
  'BroadcastChannel',
];

export default tseslint.config(
  {
    ignores: [
      'dist',
      'coverage',
      'reports',
      '.stryker-tmp',
      'docs/.vitepress/{cache,dist}',
      '**/fixtures/**',
      '**/*.mjs',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: [
      'src/{axios,concealment,errors,oauth,platform,provider-definition,providers,sharing,store,token,token-call,token-source}/**',
    ],
    rules: {
      'no-restricted-globals': [
        'error',
        ...MISSING_IN_JSDOM.map((name) => ({
          name,
          message: 'jsdom, where people run their tests, has none.',
        })),
      ],
    },
  },
  {
    // These import packages of bench/'s own, which need not be installed where the rest is checked; `tsc -p bench` checks
    // their types where they are.
    files: ['bench/peers/**', 'bench/report/plots.ts', 'bench/children/redis-member.ts'],
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-redundant-type-constituents': 'off',
    },
  },
  {
    files: ['__tests__/**', 'examples/**', 'soak/**'],
    plugins: { jest: jestPlugin },
    rules: {
      ...jestPlugin.configs['flat/recommended'].rules,
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'jest/no-conditional-expect': 'off',
      'jest/expect-expect': ['warn', { assertFunctionNames: ['expect', 'expect*', 'fc.assert'] }],
    },
  },
);
