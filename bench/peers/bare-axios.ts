import { bareAxios } from './on-axios.js';
import type { Peer } from './peer.js';

/** The baseline for everything on axios. Its token was fetched beforehand. */
export const bareAxiosPeer: Peer = {
  id: 'bare-axios',
  name: 'bare axios with a fixed header',
  packages: ['axios'],
  entry: 'axios',
  use: '`axios.create({ headers: { Authorization } })`.',
  transport: 'axios',
  create: (setup) => bareAxios(setup, 'fixed'),
  createBare: bareAxios,
};
