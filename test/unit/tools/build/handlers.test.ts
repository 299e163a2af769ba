import { expect, test } from "vitest";
import { checkHandlers } from "../../../../tools/build/handlers.ts";
import { UserError } from "../../../../tools/user-error.ts";

const BUNDLED =
  "which is not bundled: write handler: dist/ping.handler in serverless.yml and export handler from handlers/ping.ts";

test("checkHandlers accepts the bundle of the function", () => {
  const functions = { ping: { handler: "dist/ping.handler" }, beats: { handler: "dist/beats.handler" } };

  expect(() => checkHandlers(functions)).not.toThrow();
});

test.each([
  ["the path of the source", "handlers/ping.handler", BUNDLED],
  ["another export", "dist/ping.main", BUNDLED],
  ["another folder", "src/ping.handler", BUNDLED],
  ["no export", "dist/ping", BUNDLED],
  ["nothing", undefined, BUNDLED],
  ["the bundle of another function", "dist/beats.handler", `${BUNDLED}, or name the function beats`],
])("checkHandlers rejects %s and says what to write", (_, handler, message) => {
  expect(() => checkHandlers({ ping: { ...(handler && { handler }) } })).toThrow(
    // An error compares the whole message.
    new UserError(`function ping has the handler ${handler}, ${message}`),
  );
});

test.each(["greet", "Ping"])(
  "checkHandlers rejects the function %s, which has no file of its name",
  (name) => {
    expect(() => checkHandlers({ [name]: { handler: `dist/${name}.handler` } })).toThrow(
      `function ${name} has no file handlers/${name}.ts: create it`,
    );
  },
);
