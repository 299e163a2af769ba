import type { Pulse } from "../../schemas/status.ts";
import { PAUSED_FOR, WORDS } from "./words.ts";

/** How often an open page asks, and how long it waits for an answer, in ms. */
const EVERY = 15_000;
const PATIENCE = 10_000;
/** An answer older than this proves nothing. Browsers run the timers of a background page once a minute. */
const STALE = 90_000;

/**
 * Of a snapshot, in the page and by its script: while this stays the same the page would be drawn as it is, but for
 * the reason of a pause, which may be long, and which the script tells itself.
 */
export const drawnFrom = ({ state, now, beats, missed, rules }: Pulse): string =>
  [state, now.slice(0, 16), beats, missed, rules.lateAfter, rules.downAfter].join();

/**
 * Keeps an open page up to date. The script calculates the age of the newest beat, late and down from the last answer
 * of /status, with the service's clock. When the data behind the page has changed, the script fetches the page again
 * and replaces the elements that differ, so the focus stays where it is.
 *
 * The page never shows a state that the script cannot know:
 * - Every error while it asks or draws counts as no answer, and the page shows unknown.
 * - When the last answer is stale, as after the machine slept, the page stays as it is until a new request is
 *   answered or fails.
 * - When the service sends a page with another script or style, the browser loads that page as a whole. After a
 *   failure the page is fetched first, because this script may be unable to read a newer /status.
 *
 * All addresses are relative to the page's path, with or without a trailing slash. The syntax and the browser
 * functions are those of Safari 12.
 */
export const SCRIPT = `
const WORDS = ${JSON.stringify(WORDS)};
const drawnFrom = ${drawnFrom};
const tell = (id, text) => { const place = document.getElementById(id); if (place && place.textContent !== text) place.textContent = text; };
let told, heard, heardAt = 0, ahead = 0, lost = false, asked = 0, timer;

const passed = (since, ms) => Math.abs(Date.now() - since) > ms;

const state = (now) => {
  if (lost) return "unknown";
  if (!told.lateAt) return told.state;
  return now >= Date.parse(told.downAt) ? "down" : now >= Date.parse(told.lateAt) ? "late" : "up";
};

const lasting = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000)), m = Math.floor(s / 60), h = Math.floor(m / 60);
  if (m < 1) return s + " s";
  if (h < 1) return m + " min " + s % 60 + " s";
  return h < 24 ? h + " h " + m % 60 + " min" : Math.floor(h / 24) + " d " + h % 24 + " h";
};

const draw = () => {
  const now = Date.now() + ahead, is = state(now), { word, said } = WORDS[is];
  if (document.body.className !== is) {
    document.body.className = is;
    tell("word", word);
    const since = is === "late" ? told.lateAt : is === "down" ? told.downAt : "";
    if (since) tell("since", "since " + since.slice(0, 16).replace("T", " ") + " UTC");
    if (is === "unknown") tell("since", heard ? "last heard at " + heard + " UTC" : "");
  }
  tell("said", is === "paused" && told.pause.reason ? "${PAUSED_FOR}" + told.pause.reason : said);
  const title = word + " · heartbeat";
  if (document.title !== title) document.title = title;
  if (told && told.newest) tell("age", is === "unknown" ? "?" : lasting(now - Date.parse(told.newest.minute)) + " ago");
  tell("heard", heard ? "As of " + heard + " UTC" : "");
};

const tick = () => {
  if (!lost && passed(heardAt, ${STALE})) return refresh();
  try { draw(); } catch (e) { lost = true; draw(); }
};

const take = (old, drawn) => {
  if (old.isEqualNode(drawn)) return;
  if (old.nodeName !== drawn.nodeName || !drawn.firstChild || old.childNodes.length !== drawn.childNodes.length)
    return old.replaceWith(drawn);
  for (const { name } of [...old.attributes]) if (!drawn.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...drawn.attributes]) old.setAttribute(name, value);
  [...drawn.childNodes].forEach((child, place) => take(old.childNodes[place], child));
};

const ask = async (path, signal) => {
  const reply = await fetch(path, { signal });
  if (!reply.ok) throw reply.status;
  return reply;
};

const drawnAnew = async (signal) => {
  const page = await (await ask("./", signal)).text(), { body } = new DOMParser().parseFromString(page, "text/html");
  const { version } = body.dataset;
  if (!version) throw page;
  if (version === document.body.dataset.version) return body;
  location.reload();
  return new Promise(() => {});
};

const refresh = async () => {
  if (!passed(asked, ${PATIENCE})) return;
  const mine = asked = Date.now();
  let patience, error = false;
  clearTimeout(timer);
  try {
    const control = new AbortController(), { signal } = control;
    patience = setTimeout(() => control.abort(), ${PATIENCE});
    let body = lost && await drawnAnew(signal);
    const status = await (await ask("status", signal)).json(), clock = Date.parse(status.now) - Date.now();
    if (isNaN(clock) || !WORDS[status.state]) throw status;
    if (!body && document.body.dataset.drawn !== drawnFrom(status)) body = await drawnAnew(signal);
    if (mine !== asked) return;
    if (body) take(document.body, body);
    [told, heard, heardAt, ahead] = [status, status.now.slice(11, 19), Date.now(), clock];
  } catch (e) {
    error = true;
  }
  clearTimeout(patience);
  if (mine !== asked) return;
  [asked, lost] = [0, error];
  tick();
  timer = setTimeout(refresh, ${EVERY});
};

document.querySelector("base").href = location.href.split(/[?#]/)[0].replace(/\\/?$/, "/");
setInterval(tick, 1000);
for (const name of ["pageshow", "online"]) addEventListener(name, refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
refresh();
`.replace(/\n\s*/g, "\n");
