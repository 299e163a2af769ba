import { setTimeout as sleep } from "node:timers/promises";
import type { Names } from "../service/names.ts";
import { VERSION } from "../service/version.ts";
import { isLoopback } from "./loopback.ts";

const MAX_ATTEMPTS = 2;
const ATTEMPT_MS = 3_000;
/** A receiver that restarts is often back by then. The jitter spreads the requests of several stages. */
const DELAY_MS = 500;
const JITTER_MS = 250;

/** The most time that `notify` takes. The timeout of the function heartbeat includes it. */
export const NOTIFY_LIMIT_MS = MAX_ATTEMPTS * ATTEMPT_MS + DELAY_MS + JITTER_MS;

/**
 * Reads the URL of the dead man's switch from `NOTIFY_URL`; undefined if the variable is unset or empty. The URL is a
 * secret, because anyone who knows it can report beats: no message contains it, and logs contain only its host.
 * @throws Error that names the variable if the URL is invalid
 */
export const loadNotifyUrl = (env: NodeJS.ProcessEnv = process.env): URL | undefined => {
  const text = env["NOTIFY_URL"];
  if (!text) return undefined;
  const fault = URL.canParse(text) ? findFault(new URL(text)) : "it is not a URL";
  if (fault !== undefined) {
    throw new Error(`NOTIFY_URL must be an https URL, or an http URL of this machine: ${fault}`);
  }
  return new URL(text);
};

const findFault = (url: URL): string | undefined => {
  if (url.username || url.password) return "it contains a user name or password, which cannot be sent";
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return "it has another scheme";
  return isLoopback(url) ? undefined : "it is an http URL of another machine";
};

/**
 * Requests the URL of a dead man's switch by GET, with the user agent `<service>/<version>`, and once more after a short
 * delay if the reply is not 2xx. Never throws; if both attempts fail, it logs one warning.
 */
export const notify = async (url: URL, { service }: Names): Promise<void> => {
  const failures: string[] = [];
  while (failures.length < MAX_ATTEMPTS) {
    const failure = await attempt(url, `${service}/${VERSION}`);
    if (failure === undefined) return;
    failures.push(failure);
    if (failures.length < MAX_ATTEMPTS) await sleep(DELAY_MS + Math.random() * JITTER_MS);
  }
  console.warn({ notified: false, host: url.host, failures });
};

/** Returns why the request failed; undefined on success. */
const attempt = async (url: URL, userAgent: string): Promise<string | undefined> => {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      // Lambda freezes the process between two beats, so an open connection would be dead by the next one.
      headers: { connection: "close", "user-agent": userAgent },
      signal: AbortSignal.timeout(ATTEMPT_MS),
    });
    await response.body?.cancel().catch(() => undefined);
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return describeFailure(error);
  }
};

/** The reason of a failed fetch is in the cause of its error. */
const describeFailure = (error: unknown): string => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
};
