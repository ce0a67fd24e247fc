const told = new Set<string>();

/** Names a mistake of the app's that nothing else shows: as a warning of the process, or on the console. Once each. */
export function warnOnce(message: string): void {
  if (told.has(message)) return;
  told.add(message);
  const { process } = globalThis as {
    process?: { emitWarning?: (message: string, options: object) => void };
  };
  if (typeof process?.emitWarning === 'function')
    process.emitWarning(message, { type: 'AxiosBearerWarning' });
  else console.warn(message);
}
