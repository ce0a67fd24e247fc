import { outcomeOf, type Scenario } from './scenario.js';

export const oddLifetimes: Scenario = {
  id: 'odd-lifetimes',
  title: 'Odd lifetimes',
  about:
    '`expires_in` is `"3600"`, `0` or missing, and each time five requests come one after the other. Good: one token call each, since the token is good.',
  async run({ peer, server, setup }) {
    const notations: readonly (readonly [string, () => void])[] = [
      ['"3600"', () => server.writeLifetimeAs('"3600"')],
      ['0', () => server.writeLifetimeAs('0')],
      ['absent', () => server.omitLifetime()],
    ];
    const found: { name: string; calls: number; failed: number }[] = [];
    for (const [name, write] of notations) {
      write();
      const client = peer.create(setup);
      const before = server.tokenCalls;
      let failed = 0;
      for (let request = 0; request < 5; request += 1) {
        if ((await outcomeOf(client.send({ url: '/__sandbox/echo' }))) !== 200) failed += 1;
      }
      found.push({ name, calls: server.tokenCalls - before, failed });
      client.close?.();
    }
    const failed = found.reduce((sum, one) => sum + one.failed, 0);
    return {
      text: `${found.map(({ calls }) => calls).join(', ')} token calls${failed === 0 ? '' : `, ${failed} of 15 failed`}`,
      isGood: failed === 0 && found.every(({ calls }) => calls === 1),
    };
  },
};
