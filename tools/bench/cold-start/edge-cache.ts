/**
 * Simulates how many requests reach the API if each cache keeps a reply for a second, and compares the result
 * with a formula: `npx tsx tools/bench/cold-start/edge-cache.ts`. Readers arrive at random, independently of each other.
 */
const CACHES = 13; // the number of regional edge caches of CloudFront
const KEPT_FOR = 1; // s

/** A small pseudorandom generator with a fixed seed (Mulberry32). */
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

/** Each cache sends a request, keeps the reply, and then waits for its next reader. */
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
