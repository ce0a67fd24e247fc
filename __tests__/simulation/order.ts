/** Who says in which order things under way are answered: fast-check's scheduler, or a plain queue. */
export interface Order {
  schedule<T>(task: Promise<T>, label?: string): Promise<T>;
  count(): number;
  waitNext(count: number): Promise<void>;
}

/** Oldest first, for runs that are kept as tests. */
export function oldestFirst(): Order {
  const queue: (() => void)[] = [];
  return {
    schedule: (task) =>
      new Promise((resolve, reject) => void queue.push(() => void task.then(resolve, reject))),
    count: () => queue.length,
    waitNext: (count) => {
      for (const release of queue.splice(0, count)) release();
      return Promise.resolve();
    },
  };
}
