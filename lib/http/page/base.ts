/**
 * The base of the page's relative addresses: the requested path as a folder. The path has no trailing slash where a
 * custom domain maps a path such as `/heartbeat` to the API.
 */
export const baseOf = (path: string): string => {
  const last = path.slice(path.lastIndexOf("/") + 1);
  return last === "" ? "./" : `./${last}/`;
};
