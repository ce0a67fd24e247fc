/* What a user of one axios gets from the tarball: the types, and a request that is healed, from an ES module and CommonJS. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TYPES = `
import axios, { type AxiosInstance } from 'axios';
import { attachBearer, createProviderClient, createTokenSource, defineProvider, isBearerError, whyNotReplayed } from 'axios-bearer';
import { exotel, oauth2ClientCredentials } from 'axios-bearer/providers';
import { createExotelApi } from 'axios-bearer/exotel';
import { createTruecallerApi } from 'axios-bearer/truecaller';
import { startSandbox } from 'axios-bearer/testing';

const http: AxiosInstance = axios.create();
const provider = exotel({ accountSid: 'a', apiKey: 'k', apiToken: 't', region: 'mumbai' });
const tokens = createTokenSource(provider, { maxStaleMs: 1_000 });
attachBearer(http, tokens).detach();
const client: AxiosInstance = createProviderClient(tokens, { timeout: 1_000 });
attachBearer(axios, oauth2ClientCredentials({ tokenUrl: 'https://a.example/t', baseURL: 'https://a.example', clientId: 'i', clientSecret: 's' }));
export const sent = () => client.get<{ a: string }>('/x', { bearer: { replay: false, params: { scope: 'a' } } });
export const unsent = () => http.post('/x', {}, { bearer: false });
// @ts-expect-error: true says nothing that is not the default
export const wrong = () => http.get('/x', { bearer: true });
void [createExotelApi, createTruecallerApi, startSandbox, defineProvider, isBearerError(null), whyNotReplayed(null)];
`;

const PROGRAM = `
async function main() {
  const sandbox = await startSandbox({ only: ['exotel'] });
  const http = createProviderClient(exotel({ ...sandbox.exotel.credentials, baseURL: sandbox.exotel.url }));
  http.interceptors.request.use(async (config) => config);
  await http.get('/__sandbox/echo');
  sandbox.exotel.revokeTokens();
  const outcome = await http.get('/__sandbox/echo').then(({ status }) => 'answered ' + status, (error) => 'failed with ' + error.message);
  await sandbox.close();
  return axios.VERSION + ': ' + outcome;
}
main().then(console.log);`;

const NAMES = [
  ['{ createProviderClient }', 'axios-bearer'],
  ['{ exotel }', 'axios-bearer/providers'],
  ['{ startSandbox }', 'axios-bearer/testing'],
];
const imports = NAMES.map(([name, from]) => `import ${name} from '${from}';`).join('\n');
const requires = NAMES.map(([name, from]) => `const ${name} = require('${from}');`).join('\n');

/** Builds and packs the library, and returns the path of the tarball. */
export function pack(repository, folder) {
  const run = (...args) => execFileSync('npm', args, { cwd: repository, encoding: 'utf8' });
  run('run', '--silent', 'build');
  const [{ filename }] = JSON.parse(run('pack', '--json', '--pack-destination', folder));
  return join(folder, filename);
}

export function checkPacked({ program, axios, tarball, folder, repository }) {
  install(folder, tarball, axios);
  const checks = [
    ['types of an ES module', () => typeErrors(folder, repository, 'types.mts')],
    ['types of CommonJS', () => typeErrors(folder, repository, 'types.cts')],
    [
      'an ES module',
      () => differs(outcomeOf(program, folder, 'esm.mjs'), `${axios}: answered 200`),
    ],
    ['CommonJS', () => differs(outcomeOf(program, folder, 'cjs.cjs'), `${axios}: answered 200`)],
  ];
  const problems = checks.flatMap(([what, check]) =>
    check().map((problem) => `${what}: ${problem}`),
  );
  const failed = new Set(problems.map((problem) => problem.split(':')[0])).size;
  return {
    passed: checks.length - failed,
    failed,
    leftOut: 0,
    isGood: failed === 0,
    remark: failed === 0 ? undefined : problems.map((one) => `axios ${axios}, ${one}`).join('\n'),
  };
}

/** On the version that the peer range leaves out: passes while a healed 401 does not reach its caller. */
export function checkSymptom({ program, axios, tarball, folder }) {
  install(folder, tarball, axios);
  const outcome = outcomeOf(program, folder, 'esm.mjs');
  const isThere = outcome.startsWith(axios) && outcome !== `${axios}: answered 200`;
  return {
    passed: isThere ? 1 : 0,
    failed: isThere ? 0 : 1,
    leftOut: 0,
    isGood: isThere,
    remark: `axios ${axios} is left out of the peer range: it ignores what a rejected handler returns (axios #7349), so where a request interceptor is asynchronous the caller of a healed 401 gets the request’s config in place of the answer. Here: "${outcome}".`,
  };
}

/** As a user with a pin installs it; `--force` for the version that the range leaves out. */
function install(folder, tarball, axios) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true }');
  execFileSync(
    'npm',
    [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--silent',
      '--force',
      tarball,
      `axios@${axios}`,
      '@types/node@20',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  writeFileSync(join(folder, 'esm.mjs'), `import axios from 'axios';\n${imports}${PROGRAM}`);
  writeFileSync(join(folder, 'cjs.cjs'), `const axios = require('axios');\n${requires}${PROGRAM}`);
  for (const name of ['types.mts', 'types.cts']) writeFileSync(join(folder, name), TYPES);
}

function outcomeOf(program, folder, file) {
  const { stdout, stderr } = spawnSync(program, [file], { cwd: folder, encoding: 'utf8' });
  return stdout.trim() || stderr.trim();
}

function differs(found, wanted) {
  return found === wanted ? [] : [found];
}

/** The type errors of a consumer, declarations of libraries included, except axios's own errors. */
function typeErrors(folder, repository, file) {
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'es2023',
      lib: ['es2023', 'dom', 'dom.asynciterable', 'esnext.disposable'],
      types: ['node'],
      module: 'nodenext',
      moduleResolution: 'nodenext',
    },
    files: [file],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(repository, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync('node', [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => line !== '' && !line.includes('node_modules/axios/'));
}
