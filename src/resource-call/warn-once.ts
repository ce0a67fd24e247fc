const told = new Set<string>();

/** Warns of a mistake in the app that would go unnoticed: as a process warning or on the console, once per message. */
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
