import type { Pulse } from "../../schemas/status.ts";
import { PAUSED_FOR, WORDS } from "./words.ts";

/** The time between two requests of an open page, in ms. */
const INTERVAL = 15_000;
/** The time that a page waits for a reply, in ms. */
const TIMEOUT = 10_000;
/** The age in ms after which a reply is stale. Browsers run the timers of a background page only once a minute. */
const STALE = 90_000;

/**
 * Identifies the content of a page: two snapshots with the same result have the same page, except for the reason of a
 * pause, which the script updates itself. The function also runs in the browser, so it uses no other names.
 */
export const drawnFrom = ({ state, now, beats, missed, rules }: Pulse): string =>
  [state, now.slice(0, 16), beats, missed, rules.lateAfter, rules.downAfter].join();

/**
 * Keeps an open page up to date. The script calculates the age of the newest beat, late and down from the last reply
 * of /status, with the service's clock. When the data behind the page has changed, the script fetches the page again
 * and replaces the elements that differ, so the focus stays where it is.
 *
 * The page never shows a state that the script cannot know:
 * - If a request or an update of the page fails, the page shows unknown.
 * - When the last reply is stale, for example after the computer slept, the page does not change until a new request
 *   succeeds or fails.
 * - When the service sends a page with another script or style, the browser loads that page as a whole. After a
 *   failure the page is fetched first, because this script may be unable to read a newer /status.
 *
 * All addresses are relative to the page's path, with or without a trailing slash. The syntax and the browser
 * functions are those of Safari 12.
 */
export const SCRIPT = `
const WORDS = ${JSON.stringify(WORDS)};
const drawnFrom = ${drawnFrom};
const setText = (id, text) => { const element = document.getElementById(id); if (element && element.textContent !== text) element.textContent = text; };
let latest, time, receivedAt = 0, offset = 0, failed = false, requestedAt = 0, timer;

const isOver = (since, ms) => Math.abs(Date.now() - since) > ms;

const stateAt = (now) => {
  if (failed) return "unknown";
  if (!latest.lateAt) return latest.state;
  return now >= Date.parse(latest.downAt) ? "down" : now >= Date.parse(latest.lateAt) ? "late" : "up";
};

const format = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000)), m = Math.floor(s / 60), h = Math.floor(m / 60);
  if (m < 1) return s + " s";
  if (h < 1) return m + " min " + s % 60 + " s";
  return h < 24 ? h + " h " + m % 60 + " min" : Math.floor(h / 24) + " d " + h % 24 + " h";
};

const draw = () => {
  const now = Date.now() + offset, state = stateAt(now), { word, sentence } = WORDS[state];
  if (document.body.className !== state) {
    document.body.className = state;
    setText("word", word);
    const since = state === "late" ? latest.lateAt : state === "down" ? latest.downAt : "";
    if (since) setText("since", "since " + since.slice(0, 16).replace("T", " ") + " UTC");
    if (state === "unknown") setText("since", time ? "last reply at " + time + " UTC" : "");
  }
  setText("said", state === "paused" && latest.pause.reason ? "${PAUSED_FOR}" + latest.pause.reason : sentence);
  const title = word + " · " + document.body.dataset.service;
  if (document.title !== title) document.title = title;
  if (latest && latest.newest) setText("age", state === "unknown" ? "?" : format(now - Date.parse(latest.newest.minute)) + " ago");
  setText("heard", time ? "As of " + time + " UTC" : "");
};

const tick = () => {
  if (!failed && isOver(receivedAt, ${STALE})) return refresh();
  try { draw(); } catch (e) { failed = true; draw(); }
};

const update = (old, drawn) => {
  if (old.isEqualNode(drawn)) return;
  if (old.nodeName !== drawn.nodeName || !drawn.firstChild || old.childNodes.length !== drawn.childNodes.length)
    return old.replaceWith(drawn);
  for (const { name } of [...old.attributes]) if (!drawn.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...drawn.attributes]) old.setAttribute(name, value);
  [...drawn.childNodes].forEach((child, index) => update(old.childNodes[index], child));
};

const request = async (path, signal) => {
  const reply = await fetch(path, { signal });
  if (!reply.ok) throw reply.status;
  return reply;
};

const fetchPage = async (signal) => {
  const page = await (await request("./", signal)).text(), { body } = new DOMParser().parseFromString(page, "text/html");
  const { version } = body.dataset;
  if (!version) throw page;
  if (version === document.body.dataset.version) return body;
  location.reload();
  return new Promise(() => {});
};

const refresh = async () => {
  if (!isOver(requestedAt, ${TIMEOUT})) return;
  const started = requestedAt = Date.now();
  let timeout, error = false;
  clearTimeout(timer);
  try {
    const controller = new AbortController(), { signal } = controller;
    timeout = setTimeout(() => controller.abort(), ${TIMEOUT});
    let body = failed && await fetchPage(signal);
    const status = await (await request("status", signal)).json(), clock = Date.parse(status.now) - Date.now();
    if (isNaN(clock) || !WORDS[status.state]) throw status;
    if (!body && document.body.dataset.drawn !== drawnFrom(status)) body = await fetchPage(signal);
    if (started !== requestedAt) return;
    if (body) update(document.body, body);
    [latest, time, receivedAt, offset] = [status, status.now.slice(11, 19), Date.now(), clock];
  } catch (e) {
    error = true;
  }
  clearTimeout(timeout);
  if (started !== requestedAt) return;
  [requestedAt, failed] = [0, error];
  tick();
  timer = setTimeout(refresh, ${INTERVAL});
};

document.querySelector("base").href = location.href.split(/[?#]/)[0].replace(/\\/?$/, "/");
setInterval(tick, 1000);
for (const name of ["pageshow", "online"]) addEventListener(name, refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
refresh();
`.replace(/\n\s*/g, "\n");
