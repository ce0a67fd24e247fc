import { HttpModule, HttpService } from '@nestjs/axios';
import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  type INestApplication,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { firstValueFrom, map } from 'rxjs';
import 'reflect-metadata';

import { attachBearer, bearerOf, type BearerAttachment } from '../../src/index.js';
import type { SandboxEcho } from '../../src/testing/index.js';
import { ECHO, providerOf, useOAuth2 } from '../axios/support.js';

const server = useOAuth2();

/** Gives the instance of this module its tokens for as long as the module lives. */
class Tokens implements OnModuleInit, OnModuleDestroy {
  attachment: BearerAttachment | undefined;
  constructor(@Inject(HttpService) private readonly http: HttpService) {}
  onModuleInit() {
    this.attachment = attachBearer(this.http.axiosRef, providerOf(server));
  }
  onModuleDestroy() {
    this.attachment?.detach();
  }
}

@Controller('things')
class Things {
  constructor(@Inject(HttpService) private readonly http: HttpService) {}

  @Get(':id')
  read(@Param('id') id: string) {
    const answer = this.http.get<SandboxEcho>(ECHO, { params: { id } });
    return answer.pipe(map(({ data }) => ({ id: data.query['id'], token: data.token })));
  }

  @Post()
  @HttpCode(201)
  async write() {
    const { data } = await firstValueFrom(this.http.post<SandboxEcho>(ECHO, { name: 'one' }));
    return { body: Buffer.from(data.body, 'base64').toString() };
  }
}

let app: INestApplication;
let url: string;
let http: HttpService;

beforeEach(async () => {
  const testing = Test.createTestingModule({
    imports: [HttpModule.register({ baseURL: server.url, timeout: 5_000 })],
    controllers: [Things],
    providers: [Tokens],
  });
  app = (await testing.compile()).createNestApplication();
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  http = app.get(HttpService);
});
afterEach(() => app.close());

const read = (id: number) =>
  axios.get<{ id: string; token: string }>(`${url}/things/${id}`).then(({ data }) => data);

describe('HttpService in a Nest app', () => {
  test('twenty requests to the app at once cost one token call', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, id) => read(id)));
    expect(answers.map(({ id }) => Number(id))).toEqual(Array.from({ length: 20 }, (_, id) => id));
    expect(server.tokenCalls).toBe(1);
  });

  test('a token that is revoked meanwhile is replaced, and no caller of the app notices', async () => {
    await read(1);
    server.revokeTokens();
    const [answer, written] = await Promise.all([read(2), axios.post(`${url}/things`)]);
    expect(answer.token).toBe(server.issuedTokens[1]);
    expect([written.status, written.data]).toEqual([201, { body: '{"name":"one"}' }]);
    expect(server.tokenCalls).toBe(2);
  });

  test('unsubscribing while a token is fetched ends that wait alone', async () => {
    const hold = server.tokenEndpoint.holdNext();
    const impatient = http.get(ECHO).subscribe();
    const patient = firstValueFrom(http.get(ECHO));
    await hold.arrived;
    impatient.unsubscribe();
    hold.release();
    expect((await patient).status).toBe(200);
    expect([server.requests.length, server.tokenCalls]).toEqual([1, 1]);
  });

  test('closing the app takes the tokens off and closes their source', async () => {
    const { source } = bearerOf(http.axiosRef)!;
    await app.close();
    expect(bearerOf(http.axiosRef)).toBeUndefined();
    await expect(source.getToken()).rejects.toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
  });
});

test('the trap: HttpModule that was not registered hands out the axios of the whole process', async () => {
  const plain = await Test.createTestingModule({ imports: [HttpModule] }).compile();
  const other = await Test.createTestingModule({ imports: [HttpModule] }).compile();
  expect(plain.get(HttpService).axiosRef).toBe(other.get(HttpService).axiosRef);
});
