/**
 * Stands in for Lambda's runtime: loads a bundle, hands its function one event after the other, and tells what CPU
 * time that took, in ms: `node runtime.mjs <bundle> <warm invocations>`. Plain JavaScript, so that Node has
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

const following = [];
let last = replied;
for (let invocation = 0; invocation < 20; invocation++) {
  await invoke();
  const now = cpu();
  following.push(now - last);
  last = now;
}

for (let invocation = 0; invocation < warm; invocation++) await invoke();
const before = cpu();
for (let invocation = 0; invocation < warm; invocation++) await invoke();
const sustained = (cpu() - before) / warm;

console.log(JSON.stringify({ body, replied, first: replied - started, following, sustained }));
process.exit();
