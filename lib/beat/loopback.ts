/** Whether the host of `url` is a loopback address of this machine. */
export const isLoopback = (url: string | URL): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
