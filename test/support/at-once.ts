/** Runs `work` on every item, at most `limit` at a time. Returns the results in the order of the items. */
export const atOnce = async <T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
};

/** Shuffles the items. The same seed always returns the same order. */
export const shuffled = <T>(items: readonly T[], seed: number): T[] => {
  let state = seed;
  // Park and Miller's minimal standard generator.
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
};
