import { lengthOfTime } from "../../display/format.ts";
import { COLORS, DARK, LIGHT } from "../../display/palette.ts";
import type { Pulse } from "../../schemas/status.ts";
import { PAUSED_FOR, range, sentenceOf, sinceLine, startOfState, WORD_LISTS } from "./words.ts";

/** The time between two requests of an open page, in ms. */
const INTERVAL = 15_000;
/** The time after which an open page repeats a request that failed, in ms. */
const RETRY = 2_000;
/** The time that a page waits for each reply, in ms. */
const TIMEOUT = 10_000;
/** The age in ms after which a reply is stale. Browsers run the timers of a background page only once a minute. */
const STALE = 90_000;

const STATES = Object.fromEntries(
  Object.entries(COLORS).map(([state, color]) => [state, [LIGHT[color], DARK[color]]]),
);

/**
 * Identifies the content of a page: two snapshots with the same result have the same page, except for the reason of a
 * pause, which the script updates itself. The function also runs in the browser, so it uses no other names.
 */
export const drawnFrom = ({ state, now, beats, missed, rules }: Pulse): string =>
  [state, now.slice(0, 16), beats, missed, rules.lateAfter, rules.downAfter].join();

/**
 * Keeps an open page up to date. The script calculates the age of the newest beat, late and down from the last reply
 * of /status, with the service's clock. When the data behind the page has changed, the script fetches the page again
 * and replaces the elements that differ, so the focus stays where it is. It adds local times to those in UTC, and makes
 * each chart one tab stop whose bars are reached with the arrow keys.
 *
 * The page never shows a state that the script cannot know:
 * - If two requests or updates of the page fail in a row, or one fails while the browser is offline, it shows unknown.
 * - When the last reply is stale, for example after sleep, the page does not change until a request succeeds or fails.
 * - When the service sends a page with another script or style, the browser loads that page as a whole. After a
 *   failure the page is fetched first, because this script may be unable to read a newer /status.
 *
 * All addresses are relative to the page's path, with or without a trailing slash. Syntax and browser functions are those
 * of Safari 12.
 */
export const SCRIPT = `
const WORDS = ${JSON.stringify(WORD_LISTS)};
const COLORS = ${JSON.stringify(STATES)};
const drawnFrom = ${drawnFrom};
const sentenceOf = ${sentenceOf};
const startOfState = ${startOfState};
const sinceLine = ${sinceLine};
const range = ${range};
const lengthOfTime = (ms) => (${lengthOfTime})(ms).replace(/\\s/g, "\\u00a0");
const setText = (id, text) => { const element = document.getElementById(id); if (element && element.textContent !== text) element.textContent = text; };
const stops = [];
let latest, receivedAt = 0, offset = 0, errors = 0, failed = false, requestedAt = 0, timer;
const isOver = (since, ms) => Math.abs(Date.now() - since) > ms, isOffline = () => navigator.onLine === false;

const toLocal = (time) => {
  const date = new Date(time);
  return new Date(date - date.getTimezoneOffset() * 60000).toISOString();
};
const show = (from, to, end) => {
  const a = toLocal(from), utc = range({ from, to: to || from }) + (end ? from.slice(16, 19) : "");
  if (a.slice(0, 16) === from.slice(0, 16)) return utc + " UTC";
  const local = range({ from: a, to: to ? toLocal(to) : a }) + (end ? a.slice(16, 19) : "");
  return local + " (" + utc.slice(a.slice(0, 10) === from.slice(0, 10) ? 11 : 0) + " UTC)";
};

const withoutDates = (words) => words.replace(/\\d+-\\d+-\\d+\\s/g, "");

const stateAt = (now) => {
  if (failed) return "unknown";
  if (!latest.lateAt) return latest.state;
  return now >= Date.parse(latest.downAt) ? "down" : now >= Date.parse(latest.lateAt) ? "late" : "up";
};

const sinceAt = (state, now) => {
  if (state === "unknown") return latest ? "last reply at " + show(latest.now, "", true) : "";
  const start = startOfState(state, latest), data = document.body.dataset;
  if (!start) return "";
  const ms = now - Date.parse(start), age = ms < 60000 ? "less than a minute" : lengthOfTime(ms - ms % 60000);
  return sinceLine(state, { start: show(start), age, outage: data.outage, atLeast: "least" in data });
};

const draw = () => {
  const now = Date.now() + offset, state = stateAt(now), [word, sentence] = WORDS[state];
  if (document.body.className !== state) document.body.className = state;
  setText("word", word);
  setText("said", state === "paused" && latest.pause.reason ? "${PAUSED_FOR}" + latest.pause.reason
    : state === "unknown" && isOffline() ? "This browser is offline." : sentenceOf(sentence, +document.body.dataset.every));
  setText("since", sinceAt(state, now));
  const title = word + document.title.slice(document.title.indexOf(" · "));
  if (document.title !== title) {
    document.title = title;
    document.querySelectorAll("[name=theme-color]").forEach((meta, n) => meta.content = COLORS[state][n]);
    const icon = document.querySelector("[rel=icon]");
    icon.href = icon.href.replace(/%23\\w{6}/, "%23" + COLORS[state][0].slice(1));
  }
  if (latest && latest.newest) setText("age", state === "unknown" ? "?" : lengthOfTime(Math.max(0, now - Date.parse(latest.newest.minute))) + " ago");
  setText("heard", latest ? "As of " + show(latest.now, "", true) : "");
};

const tick = () => {
  if (!failed && latest && isOver(receivedAt, ${STALE})) return refresh();
  if (!failed && !latest) return;
  try { draw(); } catch (e) { failed = true; draw(); }
};

const rove = (bars, chart) => bars.querySelectorAll("a").forEach((bar, n, all) => {
  if (stops[chart] === undefined) stops[chart] = all.length - 1;
  bar.tabIndex = n === stops[chart] ? 0 : -1;
});

const prepare = (body) => {
  body.querySelectorAll("time").forEach((time) => {
    const words = show(time.dateTime, time.dataset.to), { className } = time;
    time.textContent = className === "short" ? words.slice(11, 16) : className ? withoutDates(words) : words;
  });
  body.querySelectorAll(".hours i").forEach((words) => {
    const [day, hour] = words.parentNode.getAttribute("href").slice(-14).split("#h");
    const from = day + "T" + hour + ":00Z", to = new Date(Date.parse(from) + 36e5).toISOString();
    words.textContent = words.textContent.replace(/.*(?=:\\s)/, withoutDates(show(from, to)));
  });
  body.querySelectorAll(".bars").forEach(rove);
  if (new Date().getTimezoneOffset()) body.querySelector("#zone").textContent = (Intl.DateTimeFormat().resolvedOptions().timeZone || "local time") + ", UTC in brackets";
  return body;
};

addEventListener("keydown", (event) => {
  const bars = event.target.closest && event.target.closest(".bars"), step = { ArrowLeft: -1, ArrowRight: 1, Home: -99, End: 99 }[event.key];
  if (!bars || !step) return;
  const all = bars.querySelectorAll("a"), chart = [...document.querySelectorAll(".bars")].indexOf(bars);
  stops[chart] = Math.min(all.length - 1, Math.max(0, [...all].indexOf(event.target) + step));
  rove(bars, chart);
  all[stops[chart]].focus();
  event.preventDefault();
});

const update = (old, drawn) => {
  if (old.isEqualNode(drawn)) return;
  if (old.nodeName !== drawn.nodeName || !drawn.firstChild || old.childNodes.length !== drawn.childNodes.length)
    return old.replaceWith(drawn);
  for (const { name } of [...old.attributes]) if (!drawn.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...drawn.attributes]) old.setAttribute(name, value);
  [...drawn.childNodes].forEach((child, index) => update(old.childNodes[index], child));
};

const request = async (path, type) => {
  const controller = new AbortController(), timeout = setTimeout(() => controller.abort(), ${TIMEOUT});
  try {
    const reply = await fetch(path, { signal: controller.signal });
    if (!reply.ok) throw reply.status;
    return await reply[type]();
  } finally {
    clearTimeout(timeout);
  }
};

const fetchPage = async () => {
  const page = await request("./", "text"), { body } = new DOMParser().parseFromString(page, "text/html");
  const { version } = body.dataset;
  if (!version) throw page;
  if (version === document.body.dataset.version) return prepare(body);
  location.reload();
  return new Promise(() => {});
};

const refresh = async () => {
  if (!isOver(requestedAt, ${2 * TIMEOUT})) return;
  const started = requestedAt = Date.now();
  let error = false;
  clearTimeout(timer);
  try {
    let body = failed && await fetchPage();
    const status = await request("status", "json"), clock = Date.parse(status.now) - Date.now();
    if (isNaN(clock) || !WORDS[status.state]) throw status;
    if (!body && document.body.dataset.drawn !== drawnFrom(status)) body = await fetchPage();
    if (started !== requestedAt) return;
    if (body) update(document.body, body);
    [latest, receivedAt, offset] = [status, Date.now(), clock];
  } catch (e) {
    error = true;
  }
  if (started !== requestedAt) return;
  requestedAt = 0;
  errors = error ? errors + 1 : 0;
  failed = error && (failed || errors > 1 || isOffline());
  if (!error || failed) tick();
  timer = setTimeout(refresh, error && errors < 2 ? ${RETRY} : ${INTERVAL});
};

document.querySelector("base").href = location.href.split(/[?#]/)[0].replace(/\\/?$/, "/");
prepare(document.body);
setInterval(tick, 1000);
for (const name of ["pageshow", "online", "offline"]) addEventListener(name, refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
refresh();
`
  // The bundler breaks long lines of the functions above, in strings after a backslash, and within a template.
  .replace(/\\\n/g, "")
  .replace(/\n\s*/g, "\n")
  // Outside of strings, the spaces around these signs have no meaning. A regular expression must have none.
  .replace(/("[^"\n]*"|`[^`]*`)| *([=+{}();,:?<>&|[\]*]+) */g, (_, text, sign) => text ?? sign);
