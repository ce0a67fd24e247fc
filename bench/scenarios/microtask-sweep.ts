import type { Wire } from '../peers/peer.js';
import { settle } from '../settle.js';
import type { Scenario } from './scenario.js';

export const microtaskSweep: Scenario = {
  id: 'microtask-sweep',
  title: 'Microtask sweep',
  about:
    'A second request is started at each of 0 to 80 microtasks after one that is being healed; nothing does I/O, so that every order of events is met. Good: none fails, and there is one token call each time.',
  async run({ peer, setup, isQuick }) {
    const deepest = isQuick ? 40 : 80;
    let failed = 0;
    let extra = 0;
    for (let depth = 0; depth <= deepest; depth += 1) {
      const memory = memoryServer();
      const client = peer.create({ ...setup, wire: memory.wire });
      await settle([client.get('/warm')], 3_000);
      memory.revoke();
      const first = client.get('/first');
      for (let microtask = 0; microtask < depth; microtask += 1) await Promise.resolve();
      const { fulfilled } = await settle([first, client.get('/second')], 3_000);
      failed += 2 - fulfilled;
      if (memory.tokenCalls() !== 2) extra += 1;
      client.close?.();
    }
    const times = deepest + 1;
    return {
      text: `${failed === 0 ? 'none' : failed} of ${2 * times} failed${extra === 0 ? '' : `, ${extra} times not one token call`}`,
      isGood: failed + extra === 0,
    };
  },
};

/** Answers without I/O. */
function memoryServer() {
  let tokenCalls = 0;
  let live = '';
  const wire: Wire = ({ url, authorization }) => {
    if (url.endsWith('/token')) {
      tokenCalls += 1;
      live = `fake-token-${tokenCalls}`;
      const body = { access_token: live, token_type: 'Bearer', expires_in: 3600 };
      return Promise.resolve({ status: 200, body: JSON.stringify(body) });
    }
    const status = authorization === `Bearer ${live}` ? 200 : 401;
    return Promise.resolve({ status, body: '{}' });
  };
  return {
    wire,
    tokenCalls: () => tokenCalls,
    revoke: () => {
      live = 'nobody has this one';
    },
  };
}
