import { outcomeOf, within, type Scenario } from './scenario.js';

export const abort: Scenario = {
  id: 'abort',
  title: 'Abort',
  about:
    'Two requests wait for the same token call, and the one that started it is aborted. Good: it ends at once, and the other gets its token.',
  async run({ client, server }) {
    const held = server.tokenEndpoint.holdNext();
    const abort = new AbortController();
    const aborted = outcomeOf(client.send({ url: '/__sandbox/echo', signal: abort.signal }));
    const other = outcomeOf(client.send({ url: '/__sandbox/echo' }));
    await held.arrived;
    abort.abort();
    const early = await within(aborted, 2_000);
    held.release();
    const rest = await within(other, 5_000);
    return {
      text: `the aborted one ${early === 'still waiting' ? 'waits on' : 'ends at once'}; the other: ${rest}`,
      isGood: early === 'failed' && rest === 200,
    };
  },
};
