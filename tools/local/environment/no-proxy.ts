const LOOPBACK = "localhost,127.0.0.1,[::1]";

/** From here on `fetch` reaches this machine directly, also where Node takes a proxy from the environment. */
export const reachLoopbackDirectly = (env: NodeJS.ProcessEnv = process.env): void => {
  const list = env["no_proxy"] || env["NO_PROXY"];
  if (list === "*" || list?.endsWith(LOOPBACK)) return;
  // Node reads the first of them that is set.
  for (const name of ["no_proxy", "NO_PROXY"]) env[name] = list ? `${list},${LOOPBACK}` : LOOPBACK;
};
