import { expect, it } from "vitest";
import { reachLoopbackDirectly } from "../../../../tools/local/environment/no-proxy.ts";

const LOOPBACK = "localhost,127.0.0.1,[::1]";

it.each<[string, Record<string, string>, string]>([
  ["nothing", {}, LOOPBACK],
  ["an empty list", { no_proxy: "", NO_PROXY: "" }, LOOPBACK],
  ["NO_PROXY", { NO_PROXY: "example.org" }, `example.org,${LOOPBACK}`],
  [
    "no_proxy, which outranks NO_PROXY",
    { no_proxy: "a.example", NO_PROXY: "b.example" },
    `a.example,${LOOPBACK}`,
  ],
])("adds loopback addresses once to %s", (_, env, expected) => {
  reachLoopbackDirectly(env);
  reachLoopbackDirectly(env);

  expect(env).toEqual({ no_proxy: expected, NO_PROXY: expected });
});

it("leaves a list of all hosts as it is", () => {
  const env = { NO_PROXY: "*" };

  reachLoopbackDirectly(env);

  expect(env).toEqual({ NO_PROXY: "*" });
});
