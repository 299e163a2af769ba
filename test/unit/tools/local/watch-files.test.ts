import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { watchFiles } from "../../../../tools/local/watch-files.ts";
import { createFolder } from "../../../support/processes/checkout.ts";
import { eventually } from "../../../support/processes/eventually.ts";

describe("watchFiles", () => {
  let folder: string;
  let changed: Set<string>;
  let stop: () => void;
  beforeEach(() => {
    folder = createFolder();
    mkdirSync(join(folder, "lib/http"), { recursive: true });
    mkdirSync(join(folder, "dist"));
    write("lib/http/page.ts");
    write("serverless.yml");
    changed = new Set();
    stop = watchFiles(folder, (path) => changed.add(path.slice(folder.length + 1)), [
      "lib",
      "cloud",
      "serverless.yml",
    ]);
  });
  afterEach(() => stop());

  const write = (path: string) => writeFileSync(join(folder, path), "changed");
  /** Saves a file as many editors do: writes another file and renames it. */
  const replace = (path: string) => {
    write(`${path}.new`);
    renameSync(join(folder, `${path}.new`), join(folder, path));
  };
  /** Makes a change, and expects that it is reported with this path. */
  const expectChange = async (path: string, make: (path: string) => void) => {
    changed.clear();
    make(path);
    expect(await eventually(() => changed.has(path), 5_000), [...changed].join()).toBe(true);
  };
  const remove = (path: string) => rmSync(join(folder, path), { recursive: true });
  const makeFolder = (path: string) => mkdirSync(join(folder, path), { recursive: true });

  test.each(["lib/http/page.ts", "serverless.yml"])("reports each save of %s", async (path) => {
    await expectChange(path, write);
    await expectChange(path, write);
  });

  test.each(["lib/http/page.ts", "serverless.yml"])(
    "reports each save of %s that replaces the file",
    async (path) => {
      await expectChange(path, replace);
      await expectChange(path, replace);
      await expectChange(path, replace);
      await expectChange(path, write);
    },
  );

  test("reports a removed file, and the same file when it is created again", async () => {
    await expectChange("lib/http/page.ts", remove);
    await expectChange("lib/http/page.ts", write);
    await expectChange("lib/http/page.ts", write);
  });

  test("reports files in new folders", async () => {
    await expectChange("lib/new", () => makeFolder("lib/new/deep"));
    await expectChange("lib/new/deep/a.ts", write);
    await expectChange("lib/new/deep/a.ts", replace);
    await expectChange("cloud", makeFolder);
    await expectChange("cloud/table.yml", write);
  });

  test("reports files in a folder that is removed and created again", async () => {
    await expectChange("lib/http", remove);
    await expectChange("lib/http", makeFolder);
    await expectChange("lib/http/page.ts", write);

    // Both at once, so that the folder exists when its removal is reported.
    await expectChange("lib/http", () => {
      remove("lib/http");
      makeFolder("lib/http");
    });
    await expectChange("lib/http/page.ts", replace);
  });

  test("reports a file that replaces a folder, and each of its saves", async () => {
    // Both at once, so that the file exists when the removal of the folder's files is reported.
    await expectChange("lib/http", () => {
      remove("lib/http");
      write("lib/http");
    });
    await expectChange("lib/http", write);
  });

  test("reports files in a folder that was renamed, by the new path only", async () => {
    await expectChange("lib/web", () => renameSync(join(folder, "lib/http"), join(folder, "lib/web")));
    await expectChange("lib/web/page.ts", write);

    expect([...changed]).toEqual(["lib/web/page.ts"]);
  });

  test("ignores hidden files, other names at the top, and what links point to", async () => {
    symlinkSync(folder, join(folder, "lib/link"));
    await expectChange("lib/last.ts", write);
    changed.clear();

    write("lib/http/.page.ts.swp");
    write("package-lock.json");
    write("dist/page.mjs");
    await expectChange("lib/last.ts", write);

    expect([...changed]).toEqual(["lib/last.ts"]);
  });

  test("reports nothing after it was stopped", async () => {
    const others = new Set<string>();
    const stopOthers = watchFiles(folder, (path) => others.add(path));
    stop();

    write("lib/http/page.ts");

    expect(await eventually(() => others.size > 0, 5_000)).toBe(true);
    stopOthers();
    expect([...changed]).toEqual([]);
  });
});
