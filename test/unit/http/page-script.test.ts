import { build, transform } from "esbuild";
import { expect, test } from "vitest";

/** The script of the page from a bundle whose lines have at most `lineLimit` characters, where possible. 0: no limit. */
const scriptOf = async (lineLimit: number): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: ["lib/http/page/script.ts"],
    ...{ bundle: true, format: "esm", minify: true, write: false, lineLimit },
  });
  const { SCRIPT } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.text ?? "").toString("base64")}`
  );
  return (await transform(SCRIPT, { minify: true })).code;
};

test("the script is the same wherever the bundler breaks its lines", async () => {
  expect(await scriptOf(1)).toBe(await scriptOf(0));
});
