/*
 * jest-circus brings an AsyncLocalStorage for each test file and leaves it on. Node then hands the context of every one on with each
 * promise: after a hundred files in one process, tests that make many promises take three times as long.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

const used = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...args) {
  used.add(this);
  return run.apply(this, args);
};

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    // As Node has it. Jest's 100 makes each error cost ten times as much, and axios reads the stack of every one.
    this.global.Error.stackTraceLimit = Error.stackTraceLimit = 10;
  }

  async teardown() {
    await super.teardown();
    // One that is used again is on again.
    for (const storage of used) storage.disable();
    used.clear();
  }
};
