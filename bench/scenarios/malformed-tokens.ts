import { outcomeOf, within, type Scenario } from './scenario.js';

const ANSWERS = [
  '{"token_type":"Bearer","expires_in":3600}',
  '{"access_token":"","token_type":"Bearer","expires_in":3600}',
  '{"access_token":{"value":"x"},"token_type":"Bearer","expires_in":3600}',
  '{"access_token":"two words","token_type":"Bearer","expires_in":3600}',
  '<html>Please sign in</html>',
];

export const malformedTokens: Scenario = {
  id: 'malformed-tokens',
  title: 'Malformed tokens',
  about:
    'The token endpoint answers 200 with nonsense: no token, an empty one, an object, one with a space, a page of HTML. Good: no request goes out with that.',
  async run({ peer, server, setup }) {
    let sent = 0;
    for (const answer of ANSWERS) {
      server.tokenEndpoint.answerRaw(answer);
      const client = peer.create(setup);
      const before = server.requests.length;
      await within(outcomeOf(client.send({ url: '/__sandbox/echo' })), 1_000);
      if (server.requests.length > before) sent += 1;
      client.close?.();
    }
    return { text: `sent with ${sent} of ${ANSWERS.length}`, isGood: sent === 0 };
  },
};
