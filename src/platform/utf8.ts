/** `application/x-www-form-urlencoded` of one value (RFC 6749, appendix B). */
export function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/**
 * The UTF-8 bytes of a text, each as one character, which is what `btoa` takes and `atob` returns.
 *
 * Read from the form encoding, which is UTF-8 too, because jsdom has no `TextEncoder`.
 */
export function utf8Bytes(text: string): string {
  return formEncode(text)
    .replaceAll('+', ' ')
    .replaceAll(/%(..)/g, (_, byte: string) => String.fromCharCode(parseInt(byte, 16)));
}
