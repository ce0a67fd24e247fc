import { HttpModule, HttpService } from '@nestjs/axios';
import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
  type INestApplication,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { firstValueFrom, map } from 'rxjs';
import 'reflect-metadata';

import { attachBearer, createTokenSource, type TokenSource } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeTokenEndpoint, type SandboxEcho } from '../../src/testing/index.js';
import { ECHO, useOAuth2 } from '../axios/support.js';

const server = useOAuth2();

@Injectable()
class Things {
  constructor(@Inject(HttpService) readonly http: HttpService) {}

  read(id: string) {
    const answer = this.http.get<SandboxEcho>(ECHO, { params: { id } });
    return answer.pipe(map(({ data }) => ({ id: data.query['id'], token: data.token })));
  }

  async write() {
    const { data } = await firstValueFrom(this.http.post<SandboxEcho>(ECHO, { name: 'one' }));
    return { body: Buffer.from(data.body, 'base64').toString() };
  }
}

const THINGS_TOKENS = Symbol('THINGS_TOKENS');

/** As in docs/recipes/nestjs.md. */
@Module({
  imports: [
    HttpModule.registerAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        baseURL: config.getOrThrow<string>('url'),
        timeout: 5_000,
      }),
    }),
  ],
  providers: [
    Things,
    {
      provide: THINGS_TOKENS,
      inject: [ConfigService],
      useFactory: (config: ConfigService) =>
        createTokenSource(
          oauth2ClientCredentials({
            baseURL: config.getOrThrow<string>('url'),
            tokenUrl: config.getOrThrow<string>('tokenUrl'),
            clientId: config.getOrThrow<string>('clientId'),
            clientSecret: config.getOrThrow<string>('clientSecret'),
          }),
        ),
    },
  ],
  exports: [Things],
})
class ThingsApi implements OnApplicationShutdown {
  constructor(
    @Inject(HttpService) { axiosRef }: HttpService,
    @Inject(THINGS_TOKENS) private readonly tokens: TokenSource,
  ) {
    attachBearer(axiosRef, tokens);
  }

  onApplicationShutdown() {
    this.tokens.close();
  }
}

@Controller('things')
class ThingsController {
  constructor(@Inject(Things) private readonly things: Things) {}

  @Get(':id')
  read(@Param('id') id: string) {
    return this.things.read(id);
  }

  @Post()
  @HttpCode(201)
  write() {
    return this.things.write();
  }
}

/** The configuration of the app, read when it starts. */
const configuration = () => ({ ...server.credentials, url: server.url, tokenUrl: server.tokenUrl });

const testingModule = (...apis: (new (...parts: never[]) => object)[]) =>
  Test.createTestingModule({
    imports: [
      ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [configuration] }),
      ...apis,
    ],
    controllers: [ThingsController],
  });

let app: INestApplication;
let url: string;
let http: HttpService;

beforeEach(async () => {
  app = (await testingModule(ThingsApi).compile()).createNestApplication();
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  http = app.get(Things).http;
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

  test('a visitor who waits for a token while the app closes is answered, and then the source is closed', async () => {
    const hold = server.tokenEndpoint.holdNext();
    const visitor = axios.get<{ token: string }>(`${url}/things/1`, {
      headers: { connection: 'close' },
    });
    await hold.arrived;
    const closed = app.close();
    await new Promise((resolve) => setImmediate(resolve)); // The hooks that Nest calls before it waits for visitors have run.
    hold.release();
    expect((await visitor).data.token).toBe(server.issuedTokens[0]);
    await closed;
    await expect(http.axiosRef.get(ECHO)).rejects.toMatchObject({
      code: 'ERR_TOKEN_SOURCE_CLOSED',
    });
  });
});

test('a test replaces the tokens by overriding their provider', async () => {
  await using endpoint = createFakeTokenEndpoint();
  const { credentials } = server;
  const fake = { ...credentials, baseURL: server.url, tokenUrl: await endpoint.listen() };
  const tokens = createTokenSource(oauth2ClientCredentials(fake));
  const testing = await testingModule(ThingsApi)
    .overrideProvider(THINGS_TOKENS)
    .useValue(tokens)
    .compile();
  // The API knows no token of that endpoint, so it is asked for another one.
  await expect(firstValueFrom(testing.get(Things).read('1'))).rejects.toMatchObject({
    response: { status: 401 },
  });
  expect([endpoint.calls.length, server.tokenCalls]).toEqual([2, 0]);
  await testing.close();
});

/* eslint-disable @typescript-eslint/no-extraneous-class -- Nest's modules are classes. */
class OneApi {}
class TwoApi {}
/* eslint-enable @typescript-eslint/no-extraneous-class */

test('services of two APIs keep their instances, and a module that imports both instances gets one', async () => {
  const instances = ['a', 'b'].map((host) => HttpModule.register({ baseURL: `http://${host}` }));
  class One extends Things {}
  class Two extends Things {}
  Module({ imports: [instances[0]!], providers: [One], exports: [One, HttpModule] })(OneApi);
  Module({ imports: [instances[1]!], providers: [Two], exports: [Two, HttpModule] })(TwoApi);
  const testing = await Test.createTestingModule({
    imports: [OneApi, TwoApi],
    providers: [Things],
  }).compile();
  const baseURLs = [One, Two, Things].map(
    (service) => testing.get(service).http.axiosRef.defaults.baseURL,
  );
  expect(baseURLs.slice(0, 2)).toEqual(['http://a', 'http://b']);
  expect(baseURLs).toContain(baseURLs[2]);
});

test('the trap: HttpModule that was not registered hands out the axios of the whole process', async () => {
  const plain = await Test.createTestingModule({ imports: [HttpModule] }).compile();
  const other = await Test.createTestingModule({ imports: [HttpModule] }).compile();
  expect(plain.get(HttpService).axiosRef).toBe(other.get(HttpService).axiosRef);
});
