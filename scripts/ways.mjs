/*
 * How many files and functions of src/ a request passes through on each of the five paths: warm, cold, early refresh,
 * healed 401, shared mint. Counted by V8 while real requests run against a server on loopback.
 *
 *   node scripts/ways.mjs            the figures
 *   node scripts/ways.mjs --files    and the files of each way, in the order of the rooms
 */
import { transform } from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const SRC = resolve('src');
const OUT = resolve('reports/ways');

await transpile();
const load = (file) => import(pathToFileURL(join(OUT, file)).href);
const { createProviderClient, createTokenSource } = await load('index.js');
const { oauth2ClientCredentials } = await load('providers/index.js');
const createMemoryStore = await memoryStore();

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

let revoked = '';
let calls = 0;
const server = createServer(answer).listen(0, '127.0.0.1');
await once(server, 'listening');
const baseURL = `http://127.0.0.1:${server.address().port}`;
let wallMs = Date.now();

const ways = {
  warm: async () => {
    const { client } = await newClient();
    await client.get('/ping');
    return () => client.get('/ping');
  },
  cold: async () => {
    const { client } = await newClient();
    return () => client.get('/ping');
  },
  'early refresh': async () => {
    const { client, tokens } = await newClient();
    await client.get('/ping');
    wallMs += 3_500_000;
    return async () => {
      const refreshed = new Promise((done) => tokens.on('refreshed', done));
      await client.get('/ping');
      await refreshed;
    };
  },
  'healed 401': async () => {
    const { client, tokens } = await newClient();
    await client.get('/ping');
    revoked = (await tokens.getToken()).value;
    return () => client.get('/ping');
  },
  'shared mint': async () => {
    const { client } = await newClient({ store: createMemoryStore() });
    return () => client.get('/ping');
  },
};

const rows = [];
for (const [way, prepare] of Object.entries(ways)) {
  const walk = await prepare();
  await settled();
  await session.post('Profiler.takePreciseCoverage');
  await walk();
  await settled();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  rows.push({ way, ...counted(result) });
}
server.close();
server.closeAllConnections();

console.log('way              files  functions');
for (const { way, files, functions } of rows)
  console.log(
    `${way.padEnd(16)} ${String(files.length).padStart(5)} ${String(functions).padStart(10)}`,
  );
if (process.argv.includes('--files'))
  for (const { way, files } of rows) console.log(`\n${way}\n  ${files.join('\n  ')}`);

async function transpile() {
  rmSync(OUT, { recursive: true, force: true });
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/^(testing|cli)\//.test(file),
  );
  for (const file of files) {
    const { code } = await transform(readFileSync(join(SRC, file), 'utf8'), {
      loader: 'ts',
      target: 'es2022',
      // Otherwise a rest parameter or a static block becomes a separate function.
      keepNames: false,
    });
    const to = join(OUT, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, code);
  }
  writeFileSync(join(OUT, 'package.json'), '{ "type": "module" }');
}

async function memoryStore() {
  for (const entry of ['store/index.js', 'store/memory-store.js']) {
    try {
      return (await load(entry)).createMemoryStore;
    } catch {
      // The next one.
    }
  }
  throw new Error('There is no memory store where this script looks for one.');
}

async function newClient(options = {}) {
  const provider = oauth2ClientCredentials({
    baseURL,
    tokenUrl: `${baseURL}/token`,
    clientId: `client-${String((calls += 1))}`,
    clientSecret: 'secret-of-the-client',
  });
  const { systemClock } = await load('platform/clock.js').catch(() =>
    load('token-source/clock.js'),
  );
  const clock = { ...systemClock, now: () => wallMs };
  const tokens = createTokenSource(provider, { clock, ...options });
  return { tokens, client: createProviderClient(tokens) };
}

function answer(request, response) {
  const isToken = request.url === '/token';
  request.resume().on('end', () => {
    const bearer = request.headers.authorization?.slice('Bearer '.length);
    response.writeHead(!isToken && bearer === revoked ? 401 : 200, {
      'Content-Type': 'application/json',
    });
    response.end(
      isToken
        ? JSON.stringify({ access_token: `token-${String((calls += 1))}`, expires_in: 3600 })
        : '{}',
    );
  });
}

/** What follows the answer, such as an unsubscription or the release of a lease, belongs to the path. */
function settled() {
  return new Promise((done) => setTimeout(done, 50));
}

function counted(scripts) {
  const root = pathToFileURL(OUT).href;
  const ours = scripts.filter(({ url }) => url.startsWith(`${root}/`));
  const called = ours
    .map(({ url, functions }) => ({
      file: url.slice(root.length + 1).replace(/\.js$/, '.ts'),
      // The first function of a script is the script itself.
      count: functions.slice(1).filter(({ ranges: [range] }) => range.count > 0).length,
    }))
    .filter(({ count }) => count > 0)
    .sort((one, other) => one.file.localeCompare(other.file));
  return {
    files: called.map(({ file, count }) => `${file} ${String(count)}`),
    functions: called.reduce((sum, { count }) => sum + count, 0),
  };
}
