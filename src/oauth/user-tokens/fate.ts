/** What the token endpoint did with the refresh token `of`. */
export type Fate =
  /** It accepted it and issued another. */
  | { readonly kind: 'replaced'; readonly of: string; readonly by: string }
  /** It refused it. */
  | { readonly kind: 'refused'; readonly of: string };

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
