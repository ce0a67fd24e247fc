import { afterAll, afterEach, beforeEach, jest } from '@jest/globals';
import nock from 'nock';

beforeEach(() => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
  nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);
});
afterEach(() => {
  jest.useRealTimers();
  nock.abortPendingRequests();
  nock.cleanAll();
});
// nock patches node:http for the whole process: without this the next test file inherits it.
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});
