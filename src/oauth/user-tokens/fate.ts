/** What the token endpoint did with the refresh token `of`. */
export type Fate =
  /** It accepted it and issued another. */
  | { readonly kind: 'replaced'; readonly of: string; readonly by: string }
  /** It refused it. */
  | { readonly kind: 'refused'; readonly of: string };

/** What to do with a loaded refresh token. */
export type NextStep =
  | { readonly kind: 'send' }
  /** It has been replaced, and the app has not saved the new one: save that first, then send it. */
  | { readonly kind: 'save-then-send'; readonly refreshToken: string }
  | { readonly kind: 'login' };

/**
 * Decides what to do with a loaded refresh token. A replacement counts more than a refusal, since a server also refuses a token that it
 * has replaced.
 *
 * @param known - known fates of refresh tokens; only those of this one matter
 */
export function nextStep(loaded: string, known: readonly (Fate | undefined)[]): NextStep {
  const fates = known.filter((fate) => fate?.of === loaded);
  const replaced = fates.find((fate) => fate?.kind === 'replaced');
  if (replaced?.kind === 'replaced') return { kind: 'save-then-send', refreshToken: replaced.by };
  return fates.length > 0 ? { kind: 'login' } : { kind: 'send' };
}

/** Visible ASCII only, which every store accepts, even if the refresh token has other characters. */
export function fateToText(fate: Fate): string {
  return encodeURIComponent(JSON.stringify(fate));
}

/** `undefined` for anything but the text of a fate. */
export function fateFromText(text: string): Fate | undefined {
  try {
    const { kind, of, by } = JSON.parse(decodeURIComponent(text)) as Record<string, unknown>;
    if (typeof of !== 'string') return undefined;
    if (kind === 'refused') return { kind, of };
    return kind === 'replaced' && typeof by === 'string' ? { kind, of, by } : undefined;
  } catch {
    return undefined;
  }
}
