import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { npmProgram } from "../../tools/local/database/npm-program.ts";
import { UserError } from "../../tools/user-error.ts";
import { createFolder } from "../support/processes/checkout.ts";
import { freePort } from "../support/processes/ports.ts";

const CONTENT = "the program";

/** A registry with one package, which contains the file bin/run. It records the paths of the requests. */
const startRegistry = async () => {
  const folder = createFolder();
  const manifest = { name: "some-program", version: "1.0.3" };
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "run"), CONTENT);
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  execFileSync("npm", ["pack", "--silent"], { cwd: folder });
  const paths: string[] = [];
  const server = createServer(({ url = "", headers }, reply) => {
    paths.push(url);
    const dist = { tarball: `http://${headers.host}/some-program.tgz` };
    const document = {
      name: manifest.name,
      "dist-tags": { latest: "1.0.3" },
      versions: { "1.0.3": { ...manifest, dist } },
    };
    if (url === "/some-program") reply.end(JSON.stringify(document));
    else if (url === "/some-program.tgz") reply.end(readFileSync(join(folder, "some-program-1.0.3.tgz")));
    else reply.writeHead(404).end();
  }).listen(await freePort(), "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const wantedIn = (home: string) => ({ name: "some-program", version: "1", file: "bin/run", home });

beforeEach(() => {
  vi.stubEnv("npm_config_cache", createFolder());
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test("npmProgram downloads the package once", async () => {
  await using registry = await startRegistry();
  vi.stubEnv("npm_config_registry", registry.url);
  const folder = createFolder();
  const home = join(folder, "new", "some-program-1");
  const started = vi.fn();

  const first = await npmProgram({ ...wantedIn(home), started });
  const requests = registry.paths.length;
  const second = await npmProgram({ ...wantedIn(home), started });

  expect(readFileSync(first, "utf8")).toBe(CONTENT);
  expect(second).toBe(first);
  expect(started.mock.calls).toEqual([["some-program@1"]]);
  expect(registry.paths).toHaveLength(requests);
  expect(readdirSync(join(folder, "new"))).toEqual(["some-program-1"]);
});

test("npmProgram replaces a folder that an interrupted installation left", async () => {
  await using registry = await startRegistry();
  vi.stubEnv("npm_config_registry", registry.url);
  const home = createFolder();
  mkdirSync(join(home, "node_modules"));

  const program = await npmProgram(wantedIn(home));

  expect(readFileSync(program, "utf8")).toBe(CONTENT);
});

test("npmProgram rejects with one line when the package lacks the file", async () => {
  await using registry = await startRegistry();
  vi.stubEnv("npm_config_registry", registry.url);
  const folder = createFolder();

  const download = npmProgram({ ...wantedIn(join(folder, "home")), file: "bin/other" });

  await expect(download).rejects.toThrow(new UserError("some-program@1 has no file bin/other"));
  expect(readdirSync(folder)).toEqual([]);
});

test("npmProgram rejects with one line when the registry has no such version", async () => {
  await using registry = await startRegistry();
  vi.stubEnv("npm_config_registry", registry.url);

  const download = npmProgram({ ...wantedIn(join(createFolder(), "home")), version: "2" });

  await expect(download).rejects.toThrow(
    new UserError("some-program@2 could not be installed: No matching version found for some-program@2."),
  );
});

test("npmProgram rejects with one line within 30 s when the registry does not reply", async () => {
  const closed = `http://127.0.0.1:${await freePort()}`;
  vi.stubEnv("npm_config_registry", closed);
  const folder = createFolder();

  const download = npmProgram(wantedIn(join(folder, "home")));

  await expect(download).rejects.toThrow(/^some-program@1 could not be installed: .*ECONNREFUSED.*$/);
  expect(readdirSync(folder)).toEqual([]);
}, 30_000);
