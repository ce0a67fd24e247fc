/*
 * The jest runner of the mutation tests. Stryker's runner for jest neither stops at the first failure nor leaves out the
 * test files that never reach the mutant; loading such a file takes far longer than the tests in it. This one does both.
 * A mutant for which one test waits in vain makes others wait as well: so it stops within a file, too.
 */
const { default: circus } = require('jest-circus/runner');
const { createEmptyTestResult } = require('@jest/test-result');

/** The names of the tests in a file, known once it has run in this process. */
const testsIn = new Map();
let killed;

module.exports = async function untilKilled(
  globalConfig,
  config,
  environment,
  runtime,
  testPath,
  send,
) {
  const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
  if (
    mutant !== undefined &&
    (mutant === killed || !mayReach(globalConfig.testNamePattern, testPath))
  )
    return leftOut(testPath);
  if (mutant !== undefined) skipAfterFailure(environment);
  const result = await circus(globalConfig, config, environment, runtime, testPath, send);
  testsIn.set(
    testPath,
    result.testResults.map(({ fullName }) => fullName),
  );
  if (mutant !== undefined && result.numFailingTests > 0) killed = mutant;
  return result;
};

/** Has the tests that come after the first failure skipped. */
function skipAfterFailure(environment) {
  const handle = environment.handleTestEvent?.bind(environment);
  let hasFailed = false;
  environment.handleTestEvent = async (event, state) => {
    await handle?.(event, state);
    if (event.name === 'test_done') hasFailed ||= event.test.errors.length > 0;
    if (event.name === 'test_start' && hasFailed) event.test.mode = 'skip';
  };
}

/** Jest takes a file without any test for a failure. */
function leftOut(testFilePath) {
  const test = {
    ancestorTitles: [],
    failureMessages: [],
    fullName: 'left out',
    status: 'pending',
    title: 'left out',
  };
  return { ...createEmptyTestResult(), testFilePath, testResults: [test] };
}

/** Stryker names the tests that reach the mutant by a pattern. */
function mayReach(pattern, testPath) {
  const names = testsIn.get(testPath);
  if (pattern === undefined || pattern === '' || names === undefined) return true;
  const wanted = new RegExp(pattern, 'i');
  return names.some((name) => wanted.test(name));
}
