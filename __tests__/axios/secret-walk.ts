import { extraErrorDataIntegration, normalize, type Client } from '@sentry/core';
import bunyan from 'bunyan';
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { inspect, types } from 'node:util';
import pino from 'pino';
import { serializeError } from 'serialize-error';
import winston from 'winston';

// ---- what is looked for ----------------------------------------------------------------------------------------

/**
 * A secret with letters and digits at both ends, which are the same in every spelling but Base64 (URL, form, JSON, HTML), and
 * in its middle all that these spellings write in another way.
 */
export function createSecret(): string {
  const end = () => randomBytes(4).toString('hex');
  return `${end()}<&"'+/=%~(!*)>${end()}`;
}

/** Finds the secrets, however they are spelled or cut: by their first and last eight characters, plain or in Base64. */
export function traceOf(secrets: readonly string[]): RegExp {
  const ends = secrets.flatMap((secret) => [secret.slice(0, 8), secret.slice(-8)]);
  return new RegExp([...new Set(ends.flatMap((end) => [end, ...base64Of(end)]))].join('|'));
}

/** What is sure to stand in the Base64 of a longer text: it depends on how many bytes of a group of three come before. */
function base64Of(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.from('x'.repeat(before) + text).toString('base64url');
    const sure = whole.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + text.length) * 8) / 6),
    );
    return [sure, sure.replaceAll('-', '\\+').replaceAll('_', '/')];
  });
}

// ---- how people look at things ---------------------------------------------------------------------------------

/** Loggers, error trackers and serialisers, each as its documentation shows it. */
export const views: Record<string, (value: unknown) => unknown> = {
  'String()': (value) => String(value),
  'console.log': (value) => inspect(value),
  'inspect, deep': (value) => inspect(value, { depth: 10 }),
  'inspect, all': (value) => inspect(value, { depth: 20, showHidden: true, getters: true }),
  'inspect, all, showProxy': (value) =>
    inspect(value, { depth: 20, showHidden: true, getters: true, showProxy: true }),
  'inspect, all, not as asked': (value) =>
    inspect(value, { depth: 20, showHidden: true, getters: true, customInspect: false }),
  'inspect of a wrapping error': (value) =>
    inspect(new Error('app', { cause: value }), { depth: 10 }),
  'JSON.stringify': (value) => JSON.stringify(value),
  'JSON.stringify of a copy': (value) => JSON.stringify({ ...(value as object) }),
  structuredClone: (value) => inspect(structuredClone(value), { depth: 10, showHidden: true }),
  'structuredClone of a copy': (value) =>
    inspect(structuredClone({ ...(value as object) }), { depth: 10, showHidden: true }),
  'pino(error)': printedBy(
    (to) => pino({}, to),
    (log, value) => log.error(value),
  ),
  'pino({ err })': printedBy(
    (to) => pino({}, to),
    (log, err) => log.error({ err }),
  ),
  'pino({ value })': printedBy(
    (to) => pino({}, to),
    (log, value) => log.error({ value }),
  ),
  'winston(error)': printedBy(createWinston, (log, value) => log.error(value)),
  'winston(message, { value })': printedBy(createWinston, (log, value) =>
    log.error('x', { value }),
  ),
  'bunyan({ err })': printedBy(createBunyan, (log, err) => log.error({ err })),
  'bunyan({ value })': printedBy(createBunyan, (log, value) => log.error({ value })),
  'Sentry, extraErrorData': (originalException) =>
    JSON.stringify(
      extraErrorDataIntegration({ depth: 8 }).processEvent!(
        { type: undefined },
        { originalException },
        // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- all that it asks of a client
        { getOptions: () => ({}) } as Client,
      ),
    ),
  'Sentry, normalize': (value) => JSON.stringify(normalize(value, 8)),
  'serialize-error': (value) => JSON.stringify(serializeError(value, { maxDepth: 10 })),
  'serialize-error, without toJSON': (value) =>
    JSON.stringify(serializeError(value, { maxDepth: 10, useToJSON: false })),
};

function printedBy<L>(
  create: (to: Writable) => L,
  print: (logger: L, value: unknown) => void,
): (value: unknown) => string {
  let output = '';
  const to = new Writable({
    write(chunk, _encoding, done) {
      output += String(chunk);
      done();
    },
  });
  const logger = create(to);
  return (value) => {
    output = '';
    print(logger, value);
    return output;
  };
}

function createWinston(stream: Writable) {
  const { combine, errors, json } = winston.format;
  return winston.createLogger({
    format: combine(errors({ stack: true }), json()),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its types come in two copies
    transports: [new winston.transports.Stream({ stream })],
  });
}

function createBunyan(stream: Writable) {
  return bunyan.createLogger({
    name: 'app',
    streams: [{ stream }],
    serializers: bunyan.stdSerializers,
  });
}

/** The paths, or where there are none the views, by which the values show what is looked for. */
export function leaksOf(values: Record<string, unknown>, trace: RegExp): string[] {
  const paths = pathsTo(trace, values);
  // Only then the views: some take for ever on what leads to sockets.
  return paths.length > 0 ? paths : viewsShowing(trace, values);
}

export function pathsTo(trace: RegExp, value: unknown): string[] {
  return [...textsWithin(value)].filter(([, text]) => trace.test(text)).map(([path]) => path);
}

export function viewsShowing(trace: RegExp, values: Record<string, unknown>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    Object.entries(views)
      .filter(([, view]) => trace.test(shownBy(view, value)))
      .map(([view]) => `${name} by ${view}`),
  );
}

/** What cannot be shown that way, a circular structure for instance, shows the error's message. */
function shownBy(view: (value: unknown) => unknown, value: unknown): string {
  try {
    return String(view(value));
  } catch (error) {
    return String(error);
  }
}

// ---- a walk through everything -----------------------------------------------------------------------------------

/** More than any value of ours leads to; a walk that goes on has reached the inside of Node. */
const FEW_ENOUGH = 20_000;

/**
 * Every text that a value leads to: by own and inherited properties, symbols and hidden ones too, the values of getters,
 * the entries of what can be iterated, bytes, and what `toJSON` and `toString` return.
 */
function* textsWithin(root: unknown): Generator<readonly [path: string, text: string]> {
  const seen = new Set<unknown>();
  const open: [string, unknown][] = [['', root]];
  for (const [path, value] of open) {
    if (typeof value === 'string') yield [path, value];
    else if (typeof value === 'symbol') yield [path, String(value)];
    else if (types.isUint8Array(value)) yield [path, Buffer.from(value).toString('latin1')];
    else if ((typeof value === 'object' || typeof value === 'function') && value !== null) {
      if (seen.has(value) || value === globalThis || value === process) continue;
      if (seen.add(value).size > FEW_ENOUGH) throw new Error(`It goes on for ever: ${path}`);
      for (const [step, next] of stepsFrom(value)) open.push([path + step, next]);
    }
  }
}

function* stepsFrom(value: object): Generator<readonly [string, unknown]> {
  for (const holder of holdersOf(value)) {
    for (const key of Reflect.ownKeys(holder)) {
      if (key === 'constructor') continue; // A class holds nothing of a request.
      if (key === '_outBuffer') continue; // What zlib has not yet written to is any memory that the process has freed.
      yield [`.${String(key)} (its name)`, key];
      yield [`.${String(key)}`, orNothing(() => Reflect.get(holder, key, value) as unknown)];
      const { get, set } = Reflect.getOwnPropertyDescriptor(holder, key) ?? {};
      yield [`.${String(key)} (its accessors)`, get ?? set];
    }
  }
  // The source of a function, and a list joined to one text, say nothing that their parts do not.
  if (typeof value === 'function' || Array.isArray(value)) return;
  if (Symbol.iterator in value)
    yield [' (its entries)', orNothing(() => [...(value as Iterable<unknown>)])];
  for (const method of ['toJSON', 'toString'] as const)
    if (method in value)
      yield [
        `.${method}()`,
        orNothing(() => (value as { toJSON(): unknown })[method as 'toJSON']()),
      ];
}

/** An object and what it inherits from, less the prototypes that every object or function has. */
function* holdersOf(value: object): Generator<object> {
  yield value;
  if (typeof value === 'function') return;
  let holder = Object.getPrototypeOf(value) as object | null;
  while (holder !== null && Object.getPrototypeOf(holder) !== null) {
    yield holder;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
}

function orNothing(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
