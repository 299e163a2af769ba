const LOOPBACK = "localhost,127.0.0.1,[::1]";

/** Makes `fetch` reach this machine directly, even if Node uses a proxy from the environment. */
export const reachLoopbackDirectly = (env: NodeJS.ProcessEnv = process.env): void => {
  const list = env["no_proxy"] || env["NO_PROXY"];
  if (list === "*" || list?.endsWith(LOOPBACK)) return;
  // Node reads the first variable that is set.
  for (const name of ["no_proxy", "NO_PROXY"]) env[name] = list ? `${list},${LOOPBACK}` : LOOPBACK;
};
