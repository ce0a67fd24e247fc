import { afterAll, beforeAll, beforeEach } from '@jest/globals';

import {
  startSandbox,
  type Sandbox,
  type SandboxOptions,
  type SandboxProviderName,
  type SandboxProviders,
} from '../../src/testing/index.js';

/** A provider of the sandbox for a whole test file, as good as new before each test. */
export function useSandbox<Name extends SandboxProviderName>(
  name: Name,
  options: Omit<SandboxOptions, 'only'> = {},
): SandboxProviders[Name] {
  let sandbox: Sandbox<Name> | undefined;
  beforeAll(async () => {
    sandbox = await startSandbox({ ...options, only: [name] });
  });
  beforeEach(() => sandbox?.reset());
  afterAll(() => sandbox?.close());
  return new Proxy({} as SandboxProviders[Name], {
    get: (_target, member) => Reflect.get(sandbox![name], member) as unknown,
  });
}
