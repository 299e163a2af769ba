import { readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import WebSocket from "ws";
import { createCheckout } from "../../support/processes/checkout.ts";
import { eventually } from "../../support/processes/eventually.ts";
import { startService } from "../../support/processes/service.ts";

const folder = createCheckout();
const WORKSPACE = "$" + "{workspaceFolder}/";
const env = { DYNAMODB: "embedded" };

/** The line of the file, counted from 1, that contains the text. */
const lineOf = (path: string, text: string): number =>
  readFileSync(join(folder, path), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

/** A client of the inspector protocol. */
const connect = async (url: string) => {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const messages: { id?: number; method?: string; params?: unknown; result?: unknown }[] = [];
  socket.on("message", (text) => messages.push(JSON.parse(String(text))));
  let id = 0;
  const received = async (is: (message: (typeof messages)[number]) => boolean) => {
    await eventually(() => messages.some(is), 20_000);
    return messages.find(is);
  };
  return {
    async send(method: string, params: object = {}): Promise<unknown> {
      const own = ++id;
      socket.send(JSON.stringify({ id: own, method, params }));
      return (await received((message) => message.id === own))?.result;
    },
    event: (method: string) => received((message) => message.method === method),
    close: () => socket.close(),
  };
};

describe("debugging the local service", () => {
  it("with the committed launch configuration stops at a breakpoint in a TypeScript file", async () => {
    const { configurations } = JSON.parse(readFileSync(".vscode/launch.json", "utf8"));
    const [{ program, args, sourceMaps, outFiles }] = configurations;
    const path = program.replace(WORKSPACE, "");
    const service = await startService({
      folder,
      command: [process.execPath, "--inspect=127.0.0.1:0", path, ...args],
      env,
    });
    const [, url = ""] = /Debugger listening on (ws:\S+)/.exec(service.program.output()) ?? [];
    const line = lineOf("lib/http/health.ts", "export const renderHealth");
    // What VS Code does with the source map: it finds the generated position of the line.
    const map = new SourceMap(JSON.parse(readFileSync(join(folder, "dist/pulse.mjs.map"), "utf8")));
    const bundle = readFileSync(join(folder, "dist/pulse.mjs"), "utf8").split("\n");
    const [generated] = bundle.flatMap((text, lineNumber) =>
      [...text].flatMap((_, columnNumber) => {
        const entry = map.findEntry(lineNumber, columnNumber);
        const isWanted =
          "originalSource" in entry &&
          entry.originalSource.endsWith("lib/http/health.ts") &&
          entry.originalLine >= line;
        return isWanted && entry.generatedLine === lineNumber ? [{ lineNumber, columnNumber }] : [];
      }),
    );
    const debug = await connect(url);
    await debug.send("Debugger.enable");
    await debug.send("Debugger.setBreakpointByUrl", { urlRegex: "dist/pulse\\.mjs", ...generated });

    const reply = service.request("GET", "/health");
    const paused = await debug.event("Debugger.paused");
    await debug.send("Debugger.resume");
    await debug.send("Debugger.disable");
    debug.close();

    expect({ sourceMaps, outFiles }).toEqual({
      sourceMaps: true,
      outFiles: [`${WORKSPACE}dist/**/*.mjs`],
    });
    expect(generated).toBeDefined();
    expect(paused).toBeDefined();
    expect((await reply).status).toBe(200);
    await service.stop();
  });

  it("an error in lib/ is logged with the file and line of the TypeScript source", async () => {
    const broken = createCheckout();
    const file = join(broken, "lib/http/health.ts");
    const text = readFileSync(file, "utf8");
    const thrown = text.replace(
      /(export const renderHealth = [^\n]*=> \{\n)/,
      '$1  if (Date.now() > 0) throw new Error("broken on purpose");\n',
    );
    expect(thrown).not.toBe(text);
    writeFileSync(file, thrown);
    const line = thrown.split("\n").findIndex((each) => each.includes("broken on purpose")) + 1;
    const service = await startService({ folder: broken, env });

    const { status } = await service.request("GET", "/health");

    expect(status).toBe(500);
    expect(service.program.output()).toMatch(
      new RegExp(`broken on purpose[^]*lib/http/health\\.ts:${line}:\\d+`),
    );
    await service.stop();
  });

  it("does not read a file .env", async () => {
    const checkout = createCheckout();
    writeFileSync(join(checkout, ".env"), "PORT=1\nDYNAMODB=nonsense\n");

    const service = await startService({ folder: checkout, env });

    expect((await service.request("GET", "/ping")).status).toBe(200);
    await service.stop();
  });
});
