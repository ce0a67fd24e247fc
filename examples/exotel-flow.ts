/*
 * An Express app that Exotel queries during an incoming call: it gathers a digit, connects an agent, and learns the outcome.
 *
 *   node examples/run.mjs exotel-flow
 *
 * The flow is built in Exotel's dashboard: a Gather, a Connect and a Passthru applet, each with an address of this app.
 * Here the sandbox calls.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  parseFlowRequest,
  toConnectAnswer,
  toGatherAnswer,
  toPassthruAnswer,
  type ExotelFlowAnswer,
} from 'axios-bearer/exotel';
import { startSandbox } from 'axios-bearer/testing';
import express from 'express';

const AGENTS: Readonly<Record<string, string[]>> = {
  1: ['+919876500011'],
  2: ['+919876500021', '+919876500022'],
};

const app = express();
const answer = (response: ServerResponse, { status, headers, body }: ExotelFlowAnswer) =>
  response.writeHead(status, headers).end(body);

app.get('/menu', (_request, response) => {
  const prompt = 'For sales press 1, for help press 2';
  answer(response, toGatherAnswer({ prompt, maxDigits: 1, repeat: 1 }));
});

// The digits come here, and not to the applet that gathered them.
app.get('/agent', (request, response) => {
  const { digits = '' } = parseFlowRequest(request.url);
  answer(response, toConnectAnswer({ numbers: AGENTS[digits] ?? [], record: true }));
});

app.get('/afterwards', (request, response) => {
  const { callSid, callType, digits, dialledNumber } = parseFlowRequest(request.url);
  console.log(
    `${callSid} pressed ${digits ?? 'nothing'}: ${callType}, ${dialledNumber ?? 'no one'}`,
  );
  answer(response, toPassthruAnswer(callType === 'completed' ? 'first' : 'second'));
});

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const sandbox = await startSandbox({ only: ['exotel'] });
const flow = [
  { applet: 'gather', url: `${url}/menu` },
  { applet: 'connect', url: `${url}/agent` },
  { applet: 'passthru', url: `${url}/afterwards` },
] as const;

const [menu, agent, afterwards] = await sandbox.exotel.callIn(flow, { presses: ['1'] });
console.log(`gather, ${menu?.status}: ${menu?.body}`);
console.log(`connect, ${agent?.status}: dials ${agent?.dialled.join(', ')}`);
console.log(`passthru, ${afterwards?.status}: the flow goes on`);

const silent = await sandbox.exotel.callIn(flow);
console.log(`no agent for another key: the second branch (${silent.at(-1)?.status})`);

server.close();
await sandbox.close();
