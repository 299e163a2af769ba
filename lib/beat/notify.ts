import { setTimeout as sleep } from "node:timers/promises";
import { isLoopback } from "./loopback.ts";

/** The timeout of `heartbeat` in serverless.yml includes these attempts and the delay between them. */
const TRIES = 2;
const TRY_MS = 3_000;
/** A restarting receiver is often back by then. The jitter spreads the requests of several stages. */
const DELAY_MS = 500;
const JITTER_MS = 250;

/** A test checks that the version is that of package.json. */
const USER_AGENT = "heartbeat/0.1.0";

/** The longest time that `notify` takes, in milliseconds. */
export const NOTIFY_LIMIT_MS = TRIES * TRY_MS + DELAY_MS + JITTER_MS;

/**
 * The URL in the environment variable `NOTIFY_URL`; undefined if it is unset or empty. The URL is a secret, because anyone
 * who knows it can report a beat: messages do not contain it, and logs contain only its host.
 * @throws Error naming the variable
 */
export const loadNotifyUrl = (env: NodeJS.ProcessEnv = process.env): URL | undefined => {
  const text = env["NOTIFY_URL"];
  if (!text) return undefined;
  const fault = URL.canParse(text) ? faultOf(new URL(text)) : "it is not a URL";
  if (fault !== undefined) {
    throw new Error(`NOTIFY_URL must be an https URL, or an http URL of this machine: ${fault}`);
  }
  return new URL(text);
};

const faultOf = (url: URL): string | undefined => {
  if (url.username || url.password) return "it contains a user or a password, which cannot be sent";
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return "it has another scheme";
  return isLoopback(url) ? undefined : "it is an http URL of another machine";
};

/**
 * Requests the URL of a dead man's switch by GET, and once more after a short delay if the reply is not 2xx. Never
 * throws; if both attempts fail, it logs one warning.
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
      // Lambda freezes the function between two beats, so a kept connection would be dead at the next one.
      headers: { connection: "close", "user-agent": USER_AGENT },
      signal: AbortSignal.timeout(TRY_MS),
    });
    await response.body?.cancel().catch(() => undefined);
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return reasonOf(error);
  }
};

/** fetch reports the reason of a failure as the cause of its error. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
};
