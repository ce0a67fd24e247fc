/*
 * A Nest app: the `HttpService` of `@nestjs/axios` carries the tokens, and the services know nothing about them.
 *
 *   node examples/run.mjs nest-app
 */
import 'reflect-metadata';

import { HttpModule, HttpService } from '@nestjs/axios';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Logger,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import axios from 'axios';
import { attachBearer, createTokenSource } from 'axios-bearer';
import { learning360 } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';
import { firstValueFrom, map } from 'rxjs';

const sandbox = await startSandbox({ only: ['learning360'] });
const { credentials, url } = sandbox.learning360;
const tokens = createTokenSource(learning360({ ...credentials, baseURL: url }));

@Injectable()
class Learners {
  constructor(@Inject(HttpService) private readonly http: HttpService) {}

  count(): Promise<number> {
    return firstValueFrom(
      this.http.get<unknown[]>('/api/v2/users').pipe(map(({ data }) => data.length)),
    );
  }
}

@Controller()
class LearnersController {
  constructor(@Inject(Learners) private readonly learners: Learners) {}

  @Get('learners')
  async learnersOnFirstPage() {
    return { onFirstPage: await this.learners.count() };
  }
}

/** Gives the module's `HttpService` its tokens, and closes them when the last visitor has been answered. */
@Module({
  imports: [HttpModule.register({ baseURL: url, headers: { '360-api-version': 'v2.0' } })],
  controllers: [LearnersController],
  providers: [Learners],
})
class AppModule implements OnApplicationShutdown {
  constructor(@Inject(HttpService) { axiosRef }: HttpService) {
    attachBearer(axiosRef, tokens);
  }

  onApplicationShutdown() {
    tokens.close();
  }
}

Logger.overrideLogger(false);
const app = await NestFactory.create(AppModule);
await app.listen(0, '127.0.0.1');
const visit = async () =>
  (await axios.get<{ onFirstPage: number }>(`${await app.getUrl()}/learners`)).data.onFirstPage;

console.log(`learners on the first page: ${await visit()}`);
sandbox.learning360.revokeTokens();
const counts = await Promise.all(Array.from({ length: 20 }, visit));
console.log(
  `20 visitors, the token revoked: ${counts.filter((count) => count > 0).length} answered`,
);
console.log(`token calls: ${sandbox.learning360.tokenCalls}`);
await app.close();
await sandbox.close();
