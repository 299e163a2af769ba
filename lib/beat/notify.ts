import { setTimeout as sleep } from "node:timers/promises";
import { isLoopback } from "./loopback.ts";

/** The timeout of the function heartbeat in serverless.yml leaves room for these tries and the delay between them. */
const TRIES = 2;
const TRY_MS = 3_000;
/** A receiver that restarts is often back by then. The jitter spreads the requests of several stages. */
const DELAY_MS = 500;
const JITTER_MS = 250;

/** The version is that of package.json; a test holds the two against each other. */
const USER_AGENT = "heartbeat/0.1.0";

/** The heartbeat's timeout in serverless.yml leaves this time. */
export const NOTIFY_LIMIT_MS = TRIES * TRY_MS + DELAY_MS + JITTER_MS;

/**
 * The URL that the environment holds in `NOTIFY_URL`; undefined when that is unset or empty. Whoever knows it
 * can pretend that the heart beats, so no message shows any of it, and no log more than its host.
 * @throws Error naming the variable
 */
export const loadNotifyUrl = (env: NodeJS.ProcessEnv = process.env): URL | undefined => {
  const text = env["NOTIFY_URL"];
  if (!text) return undefined;
  const fault = URL.canParse(text) ? faultOf(new URL(text)) : "it is no URL";
  if (fault !== undefined) {
    throw new Error(`NOTIFY_URL must be an https URL, or an http one of this very machine: ${fault}`);
  }
  return new URL(text);
};

const faultOf = (url: URL): string | undefined => {
  if (url.username || url.password) return "it holds a user or a password, which can't be sent";
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return "it is of another scheme";
  return isLoopback(url) ? undefined : "it is http, of another machine";
};

/**
 * Requests the URL of a dead man's switch by GET, and once more after a short delay if the reply is not 2xx. Never
 * throws; if both tries fail, it logs one warning.
 */
export const notify = async (url: URL): Promise<void> => {
  const failures: string[] = [];
  while (failures.length < TRIES) {
    const failure = await failureOf(url);
    if (failure === undefined) return;
    failures.push(failure);
    if (failures.length < TRIES) await sleep(DELAY_MS + Math.random() * JITTER_MS);
  }
  console.warn({ notified: false, host: url.host, failures });
};

const failureOf = async (url: URL): Promise<string | undefined> => {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      // Lambda sleeps between two beats: a connection that is kept would be dead when it wakes.
      headers: { connection: "close", "user-agent": USER_AGENT },
      signal: AbortSignal.timeout(TRY_MS),
    });
    await response.body?.cancel().catch(() => undefined);
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return reasonOf(error);
  }
};

/** What fetch says of a failure is in its cause. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
};
