/**
 * How many requests come through to the API when each of so many caches keeps an answer for a second, by simulation
 * beside the formula: `npx tsx tools/bench/cold-start/edge-cache.ts`. Readers come at random and independently of each other.
 */
const CACHES = 13; // as many regional caches as CloudFront tells of
const KEPT_FOR = 1; // s

/** A small generator of the same numbers each time (Mulberry32). */
const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
};

const simulate = (readers: number, seconds: number): number => {
  const random = randomFrom(readers);
  const freshUntil = new Float64Array(CACHES);
  let misses = 0;
  for (let now = 0; now < seconds; now += -Math.log(1 - random()) / readers) {
    const cache = Math.floor(random() * CACHES);
    if ((freshUntil[cache] ?? 0) > now) continue;
    freshUntil[cache] = now + KEPT_FOR;
    misses++;
  }
  return misses / seconds;
};

/** Each cache asks, is content for as long as it keeps the answer, and then waits for its next reader. */
const formula = (readers: number): number => CACHES / (KEPT_FOR + CACHES / readers);

for (const [readers, seconds] of [
  [1, 1_000_000],
  [1_000, 10_000],
  [1_000_000, 60],
] as const) {
  const [simulated, expected] = [simulate(readers, seconds), formula(readers)];
  console.log(
    `${readers.toLocaleString("en")} readers a second: ${simulated.toFixed(2)} come through, ${expected.toFixed(2)} by the formula`,
  );
}
