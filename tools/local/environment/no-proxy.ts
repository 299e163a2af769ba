import http from "node:http";

const LOOPBACK = "localhost,127.0.0.1,[::1]";

/** Makes requests to this machine direct, even if Node uses a proxy from the environment. */
export const reachLoopbackDirectly = (env: NodeJS.ProcessEnv = process.env): void => {
  const list = env["no_proxy"] || env["NO_PROXY"];
  if (list === "*" || list?.endsWith(LOOPBACK)) return;
  // Node reads the first variable that is set.
  for (const name of ["no_proxy", "NO_PROXY"]) env[name] = list ? `${list},${LOOPBACK}` : LOOPBACK;
  // With NODE_USE_ENV_PROXY, Node 24 gives its agent the exceptions from the environment as it was at the start.
  http.globalAgent = new http.Agent({ keepAlive: true });
};
