import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin } from 'rollup';

import type { PageFiles } from '../src/testing/sandbox-ui/built-page.js';

export function buildSandboxPage(): Promise<PageFiles>;
export function sourcesOfSandboxPage(): Promise<string[]>;
export function sandboxPage(): Plugin;
export const sandboxPageForEsbuild: EsbuildPlugin;
