/** The outcomes of many requests. */
export interface Outcomes {
  readonly fulfilled: number;
  readonly rejected: number;
  /** Still pending when the time was up. */
  readonly unsettled: number;
}

/** Waits for all of them, but not for ever. */
export async function settle(
  promises: readonly Promise<unknown>[],
  limitMs: number,
): Promise<Outcomes> {
  const counts = { fulfilled: 0, rejected: 0 };
  const all = Promise.all(
    promises.map((promise) =>
      promise.then(
        () => (counts.fulfilled += 1),
        () => (counts.rejected += 1),
      ),
    ),
  );
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([all, timeIsUp]);
  clearTimeout(timer);
  return { ...counts, unsettled: promises.length - counts.fulfilled - counts.rejected };
}
