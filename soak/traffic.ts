import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import type { SandboxEcho } from '../src/testing/index.js';

/** A request as the caller of an app would make it; resolves once the answer has been read and found correct. */
export interface Kind {
  readonly name: string;
  /** How many of a hundred requests are of this kind. */
  readonly share: number;
  readonly send: (http: AxiosInstance, config: AxiosRequestConfig, drawn: number) => Promise<void>;
}

const ECHO = '/__sandbox/echo';

export const KINDS: readonly Kind[] = [
  {
    name: 'GET',
    share: 45,
    send: async (http, config) => {
      const { data } = await http.get<SandboxEcho>(ECHO, config);
      expectSame(data.method, 'GET');
    },
  },
  {
    name: 'POST of JSON',
    share: 25,
    send: async (http, config, drawn) => {
      const body = { serial: drawn, text: 'ä'.repeat(Math.floor(drawn * 200)) };
      expectSame(bodyOf(await http.post(ECHO, body, config)), JSON.stringify(body));
    },
  },
  {
    name: 'POST of a form',
    share: 10,
    send: async (http, config, drawn) => {
      const form = new URLSearchParams({ serial: String(drawn), text: 'a b&c' });
      expectSame(bodyOf(await http.post(ECHO, form, config)), form.toString());
    },
  },
  {
    name: 'a late answer',
    share: 8,
    send: async (http, config, drawn) => {
      await http.get(`/__sandbox/slow?ms=${Math.round(drawn * 60)}`, config);
    },
  },
  {
    name: 'a body that is read slowly',
    share: 8,
    send: async (http, config) => {
      const { data } = await http.get<AsyncIterable<Uint8Array>>(
        '/__sandbox/stream?chunks=4&bytes=10000',
        { ...config, responseType: 'stream' },
      );
      let bytes = 0;
      for await (const chunk of data) {
        bytes += chunk.length;
        await sleep(1);
      }
      expectSame(bytes, 40_000);
    },
  },
  {
    name: 'a body that is written slowly',
    share: 4,
    send: async (http, config, drawn) => {
      const parts = ['one ', 'two ', String(drawn)];
      // The fetch adapter sends no Node streams.
      const answer = await http.post<SandboxEcho>(ECHO, slowly(parts), {
        ...config,
        adapter: 'http',
      });
      expectSame(bodyOf(answer), parts.join(''));
    },
  },
];

function slowly(parts: readonly string[]): Readable {
  return Readable.from(
    (async function* () {
      for (const part of parts) {
        yield part;
        await sleep(2);
      }
    })(),
  );
}

function bodyOf({ data }: AxiosResponse<SandboxEcho>): string {
  return Buffer.from(data.body, 'base64').toString();
}

function expectSame<T extends string | number>(arrived: T, sent: T): void {
  if (arrived !== sent) throw new Error(`sent ${sent}, but ${arrived} arrived`);
}

/** The kind selected by a number in [0, 1). */
export function kindFor(drawn: number): Kind {
  let left = drawn * 100;
  return KINDS.find(({ share }) => (left -= share) < 0) ?? KINDS[0]!;
}
