/** Runs `work` on every item, at most `limit` at a time. Results in the items' order. */
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

/** The items in an order that `seed` alone decides. */
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
