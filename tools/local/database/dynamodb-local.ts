import { execFile, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { UserError } from "../../user-error.ts";
import { cachePath } from "./cache.ts";

const run = promisify(execFile);
const POM = join(import.meta.dirname, "dynamodb-local", "pom.xml");
const LEAST_JAVA = 17;

/**
 * The command that runs DynamoDB Local, which Maven downloads the first time.
 * @throws UserError if it is not available, with the reason
 */
export const dynamoDbLocal = async (say: (line: string) => void) => {
  await requireJava();
  const version = /<artifactId>DynamoDBLocal<\/artifactId>\s*<version>([^<]+)/.exec(
    readFileSync(POM, "utf8"),
  )?.[1];
  const libs = cachePath(`dynamodb-local-${version}`);
  if (!existsSync(libs)) await downloadJars(libs, `DynamoDB Local ${version}`, say);
  return (port: number, folder: string | undefined) => ({
    command: "java",
    args: [
      `-Djava.library.path=${libs}`,
      "-cp",
      [join(libs, "*"), libs].join(delimiter),
      "software.amazon.dynamodb.services.local.main.ServerRunner",
      ...["-port", String(port), "-sharedDb", "-disableTelemetry"],
      ...(folder === undefined ? ["-inMemory"] : ["-dbPath", folder]),
    ],
  });
};

const requireJava = async () => {
  const answer = await run("java", ["-version"]).catch(() => undefined);
  if (!answer) throw new UserError("no Java was found");
  // 1.8.0_392 is 8; 17.0.15 is 17.
  const major = Number(/version "(?:1\.)?(\d+)/.exec(answer.stderr)?.[1]);
  if (!(major >= LEAST_JAVA))
    throw new UserError(`Java ${LEAST_JAVA} or later is required, but Java ${major} was found`);
};

/** Downloads into a temporary folder, so that an interrupted download is never used. */
const downloadJars = async (libs: string, name: string, say: (line: string) => void) => {
  const partial = `${libs}.${process.pid}`;
  const discard = () => rmSync(partial, { recursive: true, force: true });
  process.once("exit", discard);
  try {
    await mkdir(partial, { recursive: true });
    const started = () => say(`Downloading ${name} through Maven (50 MB, first use only)…`);
    await maven(["dependency:copy-dependencies", `-DoutputDirectory=${partial}`], started, say);
    await rename(partial, libs).catch((error) => {
      if (!existsSync(libs)) throw error; // Otherwise another start has downloaded it.
    });
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${libs} cannot be written: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  } finally {
    process.off("exit", discard);
    discard();
  }
};

const maven = async (goal: string[], started: () => void, say: (line: string) => void) => {
  const child = spawn("mvn", ["--batch-mode", "--file", POM, ...goal], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 300_000,
  });
  child.once("spawn", started);
  const kill = () => child.kill();
  process.once("exit", kill);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", () => reject(new UserError("no Maven was found")));
    child.once("close", resolve);
  });
  let files = 0;
  let fault = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.includes("Downloaded from") && ++files % 50 === 0) say(`  ${files} files so far`);
    if (line.includes("[ERROR]")) fault ||= line.replace("[ERROR] ", "").slice(0, 200);
  });
  const code = await ended.finally(() => process.off("exit", kill));
  if (code !== 0) throw new UserError(`Maven could not download it: ${fault || "it was interrupted"}`);
};
