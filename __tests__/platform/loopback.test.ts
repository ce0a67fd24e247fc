import { describe, expect, it } from '@jest/globals';

import { isLoopback } from '../../src/platform/loopback.js';

describe('by its host name', () => {
  it.each(['localhost', '127.0.0.1', '127.255.0.3', '[::1]'])('%s is this machine', (hostname) => {
    expect(isLoopback(hostname)).toBe(true);
  });

  it.each([
    'localhost.example',
    '128.0.0.1',
    '127.0.0',
    '127.0.0.1.example',
    'x127.0.0.1',
    '127.0.0.x',
    '127x0x0x1',
    '[::2]',
    '0.0.0.0',
    '',
  ])('%s is not this machine', (hostname) => {
    expect(isLoopback(hostname)).toBe(false);
  });
});
