/**
 * A stand-in for Lambda's runtime: loads a bundle, invokes its function repeatedly, and prints the CPU
 * time in milliseconds: `node runtime.mjs <bundle> <warm invocations>`. Plain JavaScript, so that Node has
 * nothing else to load.
 */
const [, , bundle, warm] = process.argv;

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const invoke = () => handler({}, { awsRequestId: "1", functionName: "bench" });

const { handler } = await import(bundle);
const started = cpu();
const { body = "" } = await invoke();
const replied = cpu();

/** The CPU time of each invocation. */
const measure = async (invocations) => {
  const took = [];
  let last = cpu();
  for (let invocation = 0; invocation < invocations; invocation++) {
    await invoke();
    const now = cpu();
    took.push(now - last);
    last = now;
  }
  return took;
};

const following = await measure(20);
await measure(warm);
const warmed = await measure(warm);

console.log(JSON.stringify({ body, replied, first: replied - started, following, warmed }));
process.exit();
