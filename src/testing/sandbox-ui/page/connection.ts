import type { Command } from '../commands.js';
import { COMMAND_HEADER, type Message } from '../message.js';
import { chooseLoad, connection, receive } from './state.js';

const TRY_AGAIN_MS = 1_500;

/** Listens to the server, and keeps trying while it is down. */
export function listen(): void {
  const source = new EventSource('/events');
  source.onmessage = ({ data }: MessageEvent<string>) => receive(JSON.parse(data) as Message);
  source.onerror = () => {
    connection.value = 'lost';
    // The browser retries a broken connection itself, but not a refused one.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, TRY_AGAIN_MS);
  };
}

/** Sends the server a command. The event stream reports its effects. */
export function send(command: Command): void {
  const options: RequestInit = {
    method: 'POST',
    headers: { [COMMAND_HEADER]: '1', 'content-type': 'application/json' },
    body: JSON.stringify(command),
  };
  fetch('/commands', options).catch(() => {
    connection.value = 'lost'; // The event stream notices when the server is back.
  });
}

export function setLoad(perSecond: number): void {
  chooseLoad(perSecond);
  send({ do: 'load', perSecond });
}
