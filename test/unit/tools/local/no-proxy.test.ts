import { expect, it } from "vitest";
import { reachLoopbackDirectly } from "../../../../tools/local/environment/no-proxy.ts";

const LOOPBACK = "localhost,127.0.0.1,[::1]";

it.each<[string, Record<string, string>, string]>([
  ["nothing", {}, LOOPBACK],
  ["an empty list", { no_proxy: "", NO_PROXY: "" }, LOOPBACK],
  ["NO_PROXY", { NO_PROXY: "example.org" }, `example.org,${LOOPBACK}`],
  [
    "no_proxy, which Node prefers to NO_PROXY",
    { no_proxy: "a.example", NO_PROXY: "b.example" },
    `a.example,${LOOPBACK}`,
  ],
])("adds the loopback addresses once to %s", (_, env, expected) => {
  reachLoopbackDirectly(env);
  reachLoopbackDirectly(env);

  expect(env).toEqual({ no_proxy: expected, NO_PROXY: expected });
});

it("does not change a list that contains all hosts", () => {
  const env = { NO_PROXY: "*" };

  reachLoopbackDirectly(env);

  expect(env).toEqual({ NO_PROXY: "*" });
});
