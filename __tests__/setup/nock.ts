/* Imported by the test files that have nock answer for hosts: it stands in front of every request of theirs. */
import { afterAll, afterEach, beforeEach } from '@jest/globals';
import nock from 'nock';

beforeEach(() => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
  nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);
});
afterEach(() => {
  nock.abortPendingRequests();
  nock.cleanAll();
});
// nock patches node:http for the whole process: without this the next test file inherits it.
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

export { nock };
