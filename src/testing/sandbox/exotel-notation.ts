/** An id such as `sandboxcall000001`. */
export function exotelSid(kind: string, serial: number): string {
  return `sandbox${kind}${String(serial).padStart(6, '0')}`;
}

/** `YYYY-MM-DD HH:mm:ss` in India. */
export function toIndianTime(at: number): string {
  return new Date(at + 5.5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** How long a call took, in whole seconds; one that is on counts until `at`. */
export function secondsOf(
  call: { readonly createdAt: number; readonly endedAt: number | undefined },
  at = call.createdAt,
): number {
  return Math.max(0, Math.floor(((call.endedAt ?? at) - call.createdAt) / 1000));
}
