import { Argument, InvalidArgumentError, Option, type Command } from 'commander';

import { CommandError } from './command-error.js';
import type { DoctorOptions } from './commands/doctor.js';
import type { MigrateOptions } from './commands/migrate.js';
import type { RequestOptions } from './commands/request.js';
import type { SandboxCommandOptions } from './commands/sandbox.js';
import type { TokenOptions } from './commands/token.js';
import { WHERE_CREDENTIALS_GO } from './credential-argument.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { PROVIDER_NAMES, type ProviderName } from './provider-names.js';

type EndWith = (code: ExitCode) => void;

/** Adds every command. The code of a command is loaded when it runs, so that the others start quickly. */
export function addCommands(program: Command, endWith: EndWith): void {
  addProviders(program);
  addToken(program);
  addRequest(program, endWith);
  addDoctor(program, endWith);
  addSandbox(program);
  addDemo(program, endWith);
  addMigrate(program, endWith);
}

function addProviders(program: Command): void {
  program
    .command('providers')
    .description('list the providers: credentials, settings and their environment variables')
    .addArgument(new Argument('[provider]', 'show only this one').choices(PROVIDER_NAMES))
    .option('--json', 'as JSON')
    .addHelpText('after', examples('providers', 'providers exotel', 'providers --json'))
    .action(async (name: ProviderName | undefined, options: { json?: boolean }) => {
      const { providers } = await import('./commands/providers.js');
      providers(name, options);
    });
}

function addToken(program: Command): void {
  withProvider(program.command('token'))
    .description('fetch a token and show it, masked')
    .option('--reveal', 'show the whole token')
    .option('--json', 'as JSON')
    .addOption(paramOption())
    .addHelpText(
      'after',
      examples(
        'token exotel',
        'token exotel --reveal | pbcopy',
        'token oauth2 --param scope="read write" --json',
        'token udara360 --credentials udara360.env',
      ),
    )
    .action(async (name: ProviderName, options: TokenOptions) => {
      const { token } = await import('./commands/token.js');
      await token(name, options);
    });
}

function addRequest(program: Command, endWith: EndWith): void {
  withProvider(program.command('request'))
    .description('send one authorised request and stream the response body to standard output')
    .argument('<method>', 'GET, POST, ...')
    .argument('<url>', 'path relative to the base URL, or an absolute URL of the provider')
    .addOption(
      new Option('-H, --header <name: value>', 'a request header; repeatable')
        .argParser(collectHeader)
        .default({}, 'none'),
    )
    .option(
      '-d, --data <file>',
      'request body: a file, or - for standard input; sent as JSON by default',
    )
    .addOption(paramOption())
    .option('--timeout <seconds>', 'for the whole command, token calls included', seconds, 30)
    .option('-v, --verbose', 'report token calls, 401s and replays')
    .addHelpText(
      'after',
      examples(
        'request exotel GET /v2/accounts/$EXOTEL_ACCOUNT_SID/calls',
        'request learning360 GET /api/v2/users -H "360-api-version: v2.0" --verbose',
        'request truecaller POST /organisations/$TRUECALLER_ORGANISATION_ID/campaigns/bulk-upload -d campaign.json',
      ),
    )
    .action(async (name: ProviderName, method: string, url: string, options: RequestOptions) => {
      const { request } = await import('./commands/request.js');
      endWith(await request(name, method, url, options));
    });
}

function addDoctor(program: Command, endWith: EndWith): void {
  withProvider(program.command('doctor'))
    .description('diagnose why there is no token; makes one token call')
    .option('--timeout <seconds>', 'for each step', seconds, 10)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples(
        'doctor exotel --region mumbai',
        'doctor truecaller --credentials truecaller.env',
        'doctor learning360 --region us --timeout 3',
        'doctor singleview --base-url https://your-production-host.example',
        'doctor udara360 --environment test',
        'doctor oauth2 --credentials sandbox.env --json',
      ),
    )
    .action(async (name: ProviderName, options: DoctorOptions) => {
      const { doctor } = await import('./commands/doctor.js');
      endWith(await doctor(name, options));
    });
}

function addSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('serve fake providers on loopback, to try things out')
    .option(
      '--port <first>',
      'port of the first server, the others follow; 0 picks free ports',
      port,
      4001,
    )
    .addOption(new Option('--only <providers...>', 'start only these').choices(PROVIDER_NAMES))
    .option('--ui', 'serve a page that shows the life of each token, with buttons to break things')
    .addHelpText(
      'after',
      `\nPrints the environment variables that point a program at it.\n${examples(
        'sandbox',
        'sandbox --only exotel truecaller --port 5000',
        'sandbox > sandbox.env',
        'sandbox --ui',
      )}`,
    )
    .action(async (options: SandboxCommandOptions) => {
      const { sandbox } = await import('./commands/sandbox.js');
      await sandbox(options);
    });
}

function addDemo(program: Command, endWith: EndWith): void {
  program
    .command('demo')
    .description('a storm of requests against the sandbox, while everything that can go wrong does')
    .addHelpText('after', examples('demo'))
    .action(async () => {
      const { demo } = await import('./commands/demo.js');
      endWith(await demo());
    });
}

function addMigrate(program: Command, endWith: EndWith): void {
  program
    .command('migrate')
    .description(
      'rewrite code that uses axios-auth-refresh, axios-token-interceptor or a hand-written refresh queue',
    )
    .argument('<path>', 'a file or folder; node_modules is left out')
    .option('--dry', 'print what would change, and change nothing')
    .addHelpText('after', examples('migrate src --dry', 'migrate src'))
    .action(async (path: string, options: MigrateOptions) => {
      const { migrate } = await import('./commands/migrate.js');
      endWith(await migrate(path, options));
    });
}

/** The argument and the options of every command that asks a provider. */
function withProvider(command: Command): Command {
  return command
    .addArgument(new Argument('<provider>').choices(PROVIDER_NAMES).argParser(providerNamed))
    .option('--credentials <file>', 'JSON or an env file; - for standard input')
    .option(
      '--region <name>',
      'where the account lives (exotel: singapore, mumbai; learning360: eu, us)',
    )
    .option('--environment <name>', 'which system (udara360: live, test)')
    .option('--base-url <url>', 'use another address, such as a sandbox')
    .addHelpText('after', `\n${WHERE_CREDENTIALS_GO}`);
}

function paramOption(): Option {
  return new Option('--param <name=value>', 'a token request parameter; repeatable')
    .argParser(collectParam)
    .default({}, 'none');
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ npx axios-bearer ${line}`).join('\n')}`;
}

// ---- parsing arguments -----------------------------------------------------------------------------------------

type Collected = Readonly<Record<string, string>>;

function collectParam(text: string, before: Collected): Collected {
  const [name, value] = split(text, '=', '--param');
  return { ...before, [name]: value };
}

function collectHeader(text: string, before: Collected): Collected {
  const [name, value] = split(text, ':', '--header');
  if (/^(proxy-)?authorization$/i.test(name)) {
    throw new CommandError(
      EXIT.usage,
      `--header ${name}: the token is sent in this header.\n${WHERE_CREDENTIALS_GO}`,
    );
  }
  return { ...before, [name]: value };
}

/** Commander's own error would quote the value, which may be a misplaced secret. */
function split(text: string, separator: string, option: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) {
    throw new CommandError(EXIT.usage, `${option} must have the form name${separator}value.`);
  }
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Accepts the function's name too, as the README's table shows it. */
function providerNamed(text: string): ProviderName {
  const meant = text === 'oauth2ClientCredentials' ? 'oauth2' : text;
  const name = PROVIDER_NAMES.find((known) => known === meant);
  if (name !== undefined) return name;
  throw new InvalidArgumentError(
    `Allowed choices are ${PROVIDER_NAMES.join(', ')} (any OAuth 2.0 server).`,
  );
}

/** A timer cannot wait much longer, nor less than a millisecond. */
function seconds(text: string): number {
  const number = Number(text);
  if (number >= 0.001 && number <= 86_400) return number;
  throw new InvalidArgumentError('It must be a number of seconds from 0.001 to 86400.');
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_000) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 65000.');
  }
  return number;
}
