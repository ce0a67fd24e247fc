/*
 * The order of the test files in the mutation tests: first those that killed the mutants before, which are neighbours in
 * the code, then whatever is quickest. Jest's own order, the slowest first, suits many workers and not one that stops at
 * the first failure.
 */
const kills = new Map();
const tookMs = new Map();

module.exports = class LikeliestKillerFirst {
  sort(tests) {
    const byTime = ({ path }) => tookMs.get(path) ?? 0;
    const byKills = ({ path }) => kills.get(path) ?? 0;
    return [...tests].sort((a, b) => byKills(b) - byKills(a) || byTime(a) - byTime(b));
  }

  cacheResults(_tests, { testResults }) {
    for (const { testFilePath, numFailingTests, numPassingTests, perfStats } of testResults) {
      // A kill counts for less with each run that follows it.
      kills.set(testFilePath, (kills.get(testFilePath) ?? 0) * 0.7 + (numFailingTests > 0 ? 1 : 0));
      if (numFailingTests + numPassingTests > 0) tookMs.set(testFilePath, perfStats.runtime);
    }
  }
};
