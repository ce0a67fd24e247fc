import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/**
 * Puts the SVGs of docs/images into the page itself, where they take the colours of the theme that the reader has
 * chosen. As image files they can only follow the system, which is what their own style does where a page is read in the
 * repository.
 */
export function inlineDiagrams(md: MarkdownRenderer): void {
  const { image } = md.renderer.rules;
  md.renderer.rules.image = (tokens, index, options, env: { path: string }, self) => {
    const source = tokens[index]?.attrGet('src') ?? '';
    if (!source.endsWith('.svg') || /^[a-z]+:/i.test(source))
      return image?.(tokens, index, options, env, self) ?? self.renderToken(tokens, index, options);
    const svg = readFileSync(resolve(env.path, '..', source), 'utf8');
    const bare = svg
      .replace(/<style>[\s\S]*?<\/style>/, '')
      .replaceAll(/(<g\b[^>]*?) aria-label="[^"]*"/g, '$1') // a group without a role may have none
      .replaceAll(/\s*\n\s*/g, ' ');
    return `<span class="diagram-frame" tabindex="0">${bare}</span>`;
  };
}
