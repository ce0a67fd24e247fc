import { startSandbox } from 'axios-bearer/testing';

import { outcomeOf, within, type Scenario } from './scenario.js';

export const otherOrigins: Scenario = {
  id: 'other-origins',
  title: 'Redirects and other origins',
  about:
    'A request to an absolute URL of another origin, and one that the API redirects there. Good: neither carries the token.',
  async run({ client, server }) {
    await client.get('/__sandbox/echo');
    const other = await startSandbox({ only: ['oauth2'] });
    const target = `${other.oauth2.url}/__sandbox/public-echo`;
    const leaked = () =>
      other.oauth2.requests.filter(
        ({ token }) => token !== undefined && server.issuedTokens.includes(token),
      ).length;
    await within(outcomeOf(client.send({ url: target })), 2_000);
    const byURL = leaked();
    const to = encodeURIComponent(target);
    await within(outcomeOf(client.send({ url: `/__sandbox/redirect?to=${to}` })), 2_000);
    const byRedirect = leaked() - byURL;
    await other.close();
    const sentAlong = (leaks: number) => (leaks === 0 ? 'no token' : 'the token sent along');
    return {
      text: `by URL ${sentAlong(byURL)}, by redirect ${sentAlong(byRedirect)}`,
      isGood: byURL + byRedirect === 0,
    };
  },
};
