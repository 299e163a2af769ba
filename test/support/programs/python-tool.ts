import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, rename, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { cachePath } from "../../../tools/local/database/cache.ts";
import { UserError } from "../../../tools/user-error.ts";

const run = promisify(execFile);

/** The tools from PyPI that the tests use, and their versions. */
const VERSIONS = {
  "cfn-lint": "1.58.0",
  checkov: "3.3.30",
  ministack: "1.5.33",
  schemathesis: "4.32.5",
} as const;

/**
 * Installs a tool from PyPI, unless it is installed already, and returns the folder of its commands. Each tool has its own
 * virtual environment, because the dependencies of such tools conflict. All checkouts share these environments.
 * @throws UserError with the reason if the tool cannot be installed
 */
export const pythonTool = async (name: keyof typeof VERSIONS): Promise<string> => {
  const version = VERSIONS[name];
  const kept = cachePath(`${name}-${version}`);
  if (!works(kept)) await install(`${name}==${version}`, kept);
  return join(kept, "bin");
};

/** Reports errors only, and gives up within seconds if PyPI does not reply. */
const PIP_OPTIONS = ["-qq", "--no-input", "--disable-pip-version-check", "--retries", "2"];

/** Also false if the Python that created the environment was removed. */
const works = (environment: string): boolean => existsSync(join(environment, "bin", "python"));

/**
 * A virtual environment cannot be moved. It is created under a unique name, and a link with the final name is created
 * when it is complete. If two processes create the same environment, the first one wins.
 */
const install = async (requirement: string, kept: string): Promise<void> => {
  await mkdir(cachePath(), { recursive: true });
  const made = await mkdtemp(`${kept}.`);
  const link = `${made}.link`;
  const discard = () => {
    for (const path of [link, made]) rmSync(path, { recursive: true, force: true });
  };
  process.once("exit", discard);
  try {
    await python("python3", ["-m", "venv", made]);
    console.log(`Downloading ${requirement} from PyPI (first use only)…`);
    await python(join(made, "bin", "python"), ["-m", "pip", "install", ...PIP_OPTIONS, requirement]);
    if (works(kept)) return discard();
    await symlink(basename(made), link);
    await rename(link, kept);
  } catch (error) {
    discard();
    const why = error instanceof Error ? error.message : error;
    throw new UserError(`${requirement} could not be installed: ${why}`, { cause: error });
  } finally {
    process.off("exit", discard);
  }
};

const python = async (command: string, args: string[]): Promise<void> => {
  try {
    await run(command, args, { timeout: 600_000 });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT") throw new Error("python3 is not installed");
    // venv reports errors on stdout, pip on stderr.
    const output = ["stderr", "stdout"].map((name) => Reflect.get(error, name) ?? "").join("\n");
    const lines = output.split("\n").filter((line) => line.trim() !== "");
    const [fault] = lines.filter((line) => line.startsWith("ERROR: "));
    throw new Error(fault?.slice("ERROR: ".length) ?? (lines.slice(0, 5).join(" ") || error.message));
  }
};
