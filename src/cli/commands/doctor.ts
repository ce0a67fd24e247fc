import { adviseOn, exitCodeOf } from '../doctor/advice.js';
import { checksOf, type Check } from '../doctor/checks.js';
import { examine } from '../doctor/examine.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { ProviderOptions } from '../open-provider.js';
import type { ProviderName } from '../provider-names.js';
import { colorsFor, columns, printJSON, printWrapped } from '../terminal.js';

export interface DoctorOptions extends ProviderOptions {
  /** Seconds, for each step. */
  readonly timeout: number;
  readonly json?: boolean;
}

/** Diagnoses why there is no token, and says what to do. */
export async function doctor(name: ProviderName, options: DoctorOptions): Promise<ExitCode> {
  const findings = await examine(name, options, options.timeout * 1000);
  const checks = checksOf(findings);
  const advice = adviseOn(findings);
  const exitCode = exitCodeOf(findings);
  if (options.json === true) {
    const outcome = findings.network?.tokenCall.outcome;
    const diagnosis = outcome?.kind === 'failed' ? outcome.diagnosis : undefined;
    printJSON({ provider: name, ok: exitCode === EXIT.ok, checks, advice, diagnosis });
  } else {
    printWrapped(report(checks, advice).join('\n'));
  }
  return exitCode;
}

function report(checks: readonly Check[], advice: readonly string[]): string[] {
  const { green, yellow, red, dim, bold } = colorsFor(process.stdout);
  const paint = { ok: green, note: yellow, failed: red, skipped: dim };
  const lines = columns(checks.map(({ outcome, what, seen }) => [outcome, what, seen]));
  return [
    ...lines.map((line, index) => {
      const outcome = checks[index]?.outcome ?? 'ok';
      return paint[outcome](outcome) + line.slice(outcome.length);
    }),
    '',
    ...(advice.length === 0
      ? [bold('Nothing to do: a token was fetched.')]
      : [bold('What to do'), ...advice.map((text, index) => `${index + 1}. ${text}`)]),
  ];
}
