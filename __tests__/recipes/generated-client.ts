import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const repository = resolve(import.meta.dirname, '../..');

/** Has swagger-typescript-api write a client of axios for `things.openapi.json`, as a user would on the command line. */
export async function generateClient(folder: string, name: string): Promise<string> {
  const cli = join(repository, 'node_modules/swagger-typescript-api/dist/cli.mjs');
  const document = join(import.meta.dirname, 'things.openapi.json');
  const options = ['--axios', '--silent', '--output', folder, '--name', name];
  await promisify(execFile)('node', [cli, 'generate', '--path', document, ...options], {
    cwd: repository,
  });
  return join(folder, name);
}
