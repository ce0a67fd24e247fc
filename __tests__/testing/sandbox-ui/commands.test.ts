import { describe, expect, test } from '@jest/globals';

import { parseCommand } from '../../../src/testing/sandbox-ui/commands.js';

describe('commands', () => {
  test.each([
    { do: 'load', perSecond: 200 },
    { do: 'burst' },
    { do: 'burst', lane: 'exotel' },
    { do: 'press', fault: 'revoke' },
    { do: 'switch', fault: 'one-active-token', on: false, lane: 'udara360' },
    { do: 'recover' },
  ])('%j is one', (command) => {
    expect(parseCommand(JSON.stringify(command))).toEqual(command);
  });

  test.each([
    '',
    'null',
    '"burst"',
    '{"do":"anything"}',
    '{"do":"load","perSecond":-1}',
    '{"do":"load","perSecond":201}',
    '{"do":"load","perSecond":1.5}',
    '{"do":"press","fault":"slow"}',
    '{"do":"switch","fault":"revoke","on":true}',
    '{"do":"switch","fault":"slow"}',
    '{"do":"burst","times":1000}',
  ])('%s is none', (body) => {
    expect(parseCommand(body)).toBeUndefined();
  });
});
