import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const parent = pathToFileURL(join(process.env.MATRIX_AXIOS, '..', '..', 'parent.mjs')).href;

export function resolve(specifier, context, next) {
  const isAxios = specifier === 'axios' || specifier.startsWith('axios/');
  return next(specifier, isAxios ? { ...context, parentURL: parent } : context);
}
