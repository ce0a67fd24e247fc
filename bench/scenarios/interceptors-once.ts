import { outcomeOf, type Scenario } from './scenario.js';

export const interceptorsOnce: Scenario = {
  id: 'interceptors-once',
  title: 'Interceptors of the user',
  about:
    'The app has a request interceptor and a response interceptor of its own, and a request is healed. Good: each runs once.',
  needs: ['interceptors'],
  async run({ client, server }) {
    const runs = { request: 0, response: 0 };
    client.axios?.interceptors.request.use((config) => {
      runs.request += 1;
      return config;
    });
    client.axios?.interceptors.response.use((response) => {
      runs.response += 1;
      return response;
    });
    await outcomeOf(client.send({ url: '/__sandbox/echo' }));
    Object.assign(runs, { request: 0, response: 0 });
    server.revokeTokens();
    const status = await outcomeOf(client.send({ url: '/__sandbox/echo' }));
    return {
      text: `request ${runs.request}×, response ${runs.response}×${status === 200 ? '' : `; ${status}`}`,
      isGood: status === 200 && runs.request === 1 && runs.response === 1,
    };
  },
};
