/**
 * The store in memory, and what a store of your own needs.
 *
 * @module axios-bearer/store
 */
export { createMemoryStore, type MemoryStoreOptions } from './memory-store.js';
export { createSharedStore, type SharedStore } from '../sharing/shared-store.js';
export type * from '../sharing/token-store.js';
