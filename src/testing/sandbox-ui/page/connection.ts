import type { Command } from '../commands.js';
import { COMMAND_HEADER, type Message } from '../message.js';
import { chooseLoad, connection, receive } from './state.js';

const TRY_AGAIN_MS = 1_500;

/** Listens to the server, and goes on trying when it is gone. */
export function listen(): void {
  const source = new EventSource('/events');
  source.onmessage = ({ data }: MessageEvent<string>) => receive(JSON.parse(data) as Message);
  source.onerror = () => {
    connection.value = 'lost';
    // A broken connection is taken up again by the browser itself; a refused one is not.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, TRY_AGAIN_MS);
  };
}

/** Has the server do something. What comes of it is told by the event stream. */
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
