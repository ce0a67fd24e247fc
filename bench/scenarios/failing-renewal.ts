import { outcomeOf, pause, within, type Scenario } from './scenario.js';

export const failingRenewal: Scenario = {
  id: 'failing-renewal',
  title: 'Failing token endpoint, token in hand',
  about:
    'The token lives for 3 s, and from then on the endpoint answers 503; a request every 50 ms for 2.6 s. Good: none fails, since the token is good all the while, and no rejection is left unhandled.',
  async run({ peer, server, setup }) {
    server.issueTokensLiving(3);
    const client = peer.create({ ...setup, lifeSeconds: 3 });
    let unhandled = 0;
    const count = () => (unhandled += 1);
    process.on('unhandledRejection', count);
    await client.get('/__sandbox/echo');
    server.tokenEndpoint.fail({ status: 503 });
    const endsAt = performance.now() + 2_600;
    const requests: Promise<number | string>[] = [];
    while (performance.now() < endsAt) {
      requests.push(within(outcomeOf(client.send({ url: '/__sandbox/echo' })), 2_000));
      await pause(50);
    }
    const failed = (await Promise.all(requests)).filter((status) => status !== 200).length;
    process.off('unhandledRejection', count);
    client.close?.();
    return {
      text: `${failed === 0 ? 'none' : `${failed} of ${requests.length}`} failed${unhandled === 0 ? '' : `, ${unhandled} unhandled rejections`}`,
      isGood: failed + unhandled === 0,
    };
  },
};
