// osls loads a plugin as plain JavaScript, and Node 20 cannot read TypeScript by itself. So plugin.ts is bundled, once
// for each state of its sources: to have tsx read them costs a tenth of each start.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join, relative } = require("node:path");
const { pathToFileURL } = require("node:url");

const root = join(__dirname, "..");
const BUNDLE = join(root, ".heartbeat", "plugin.cjs");
const MADE_FROM = join(root, ".heartbeat", "plugin.json");

/** Of a bundle, its sources, and where they are, which it holds. */
const fingerprint = (files) => {
  const hash = createHash("sha256").update(root);
  for (const file of files) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
};

const isMade = () => {
  try {
    const { files, made } = JSON.parse(readFileSync(MADE_FROM, "utf8"));
    return fingerprint(files) === made;
  } catch {
    return false;
  }
};

const make = () => {
  const { metafile, outputFiles } = require("esbuild").buildSync({
    absWorkingDir: root,
    entryPoints: ["local/plugin.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages: "external",
    define: {
      "import.meta.dirname": JSON.stringify(__dirname),
      "import.meta.url": JSON.stringify(pathToFileURL(__filename).href),
    },
    metafile: true,
    write: false,
  });
  mkdirSync(join(root, ".heartbeat"), { recursive: true });
  place(BUNDLE, outputFiles[0].contents);
  // The bundle itself among them: what is cut short, or put in place by a start that was killed, is made again.
  const others = ["local/plugin.cjs", "package-lock.json", relative(root, BUNDLE)];
  const files = [...Object.keys(metafile.inputs), ...others];
  place(MADE_FROM, JSON.stringify({ files, made: fingerprint(files) }));
};

/** Whole: another start may read it at this moment. */
const place = (path, contents) => {
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
};

const load = () => {
  try {
    if (!isMade()) make();
  } catch {
    // It can't be bundled or kept here: tsx reads the sources, and tells what is wrong with them.
    const unregister = require("tsx/cjs/api").register();
    const plugin = require("./plugin.ts");
    unregister();
    return plugin;
  }
  // Node 22 and later keep what they compile of the modules that follow; where they can't, they go on without.
  enableCompileCache?.(join(root, ".heartbeat", "compiled"));
  return require(BUNDLE);
};

module.exports = load().default;
