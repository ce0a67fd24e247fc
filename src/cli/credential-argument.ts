/** The endings of credential names: `--api-key`, `--clientSecret`, `--account-sid`, `--key-id`. */
const LIKE_A_CREDENTIAL = /(sid|id|key|token|secret|code|password|passwd|pwd|auth|bearer|user)$/i;

/**
 * The first option that looks as if it carries a credential, without its value; `undefined` if none does.
 *
 * `-u` is curl's option for credentials.
 */
export function credentialArgument(args: readonly string[]): string | undefined {
  for (const arg of args) {
    if (arg === '--') return undefined;
    const long = /^--([A-Za-z][\w-]*)/.exec(arg)?.[1];
    if (long !== undefined && LIKE_A_CREDENTIAL.test(long)) return `--${long}`;
    if (/^-u/.test(arg)) return '-u';
  }
  return undefined;
}

/** Where to put a credential instead. */
export const WHERE_CREDENTIALS_GO = [
  'Credentials are not accepted as arguments: those show in the process list and the shell history. Give them by',
  '  environment variables  npx axios-bearer providers lists their names',
  '  --credentials <file>   JSON, or lines like EXOTEL_API_KEY=...',
  '  --credentials -        the same from standard input',
].join('\n');
