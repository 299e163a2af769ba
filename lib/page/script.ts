import type { Pulse } from "../pulse.ts";
import { PAUSED_FOR, WORDS } from "./words.ts";

/** How often an open page asks, and how long it waits for an answer, in ms. */
const EVERY = 15_000;
const PATIENCE = 10_000;
/** An answer as old as this tells nothing; a page in the background asks but once a minute. */
const STALE = 90_000;

/**
 * Of a snapshot, in the page and by its script: while this stays the same the page would be drawn as it is, but for
 * the reason of a pause, which may be long, and which the script tells itself.
 */
export const drawnFrom = ({ state, now, beats, missed, rules }: Pulse): string =>
  [state, now.slice(0, 16), beats, missed, rules.lateAfter, rules.downAfter].join();

/**
 * Keeps an open page true. By the service's clock, from the last answer of /status, it tells the age of the newest
 * beat and turns late and down when their moments come. When what it is drawn from has moved,
 * it has the page drawn anew by the one who draws it, and takes over what differs: so focus stays where it is.
 */
export const SCRIPT = `
const WORDS = ${JSON.stringify(WORDS)};
const drawnFrom = ${drawnFrom};
const tell = (id, text) => { const place = document.getElementById(id); if (place && place.textContent !== text) place.textContent = text; };
let told, heard, heardAt = 0, ahead = 0, lost = false, asking = false, timer;

const state = (now) => {
  if (lost || Date.now() - heardAt > ${STALE}) return "unknown";
  if (!told.lateAt) return told.state;
  return now >= Date.parse(told.downAt) ? "down" : now >= Date.parse(told.lateAt) ? "late" : "up";
};

const lasting = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000)), m = Math.floor(s / 60), h = Math.floor(m / 60);
  if (m < 1) return s + " s";
  if (h < 1) return m + " min " + s % 60 + " s";
  return h < 24 ? h + " h " + m % 60 + " min" : Math.floor(h / 24) + " d " + h % 24 + " h";
};

const tick = () => {
  if (!told && !lost) return;
  const now = Date.now() + ahead, is = state(now);
  if (document.body.className !== is) {
    document.body.className = is;
    tell("word", WORDS[is].word);
    const since = { late: told?.lateAt, down: told?.downAt }[is];
    if (since) tell("since", "since " + since.slice(0, 16).replace("T", " ") + " UTC");
    if (is === "unknown") tell("since", heard ? "last heard at " + heard + " UTC" : "");
  }
  tell("said", is === "paused" && told.pause.reason ? "${PAUSED_FOR}" + told.pause.reason : WORDS[is].said);
  const title = WORDS[is].word + " · heartbeat";
  if (document.title !== title) document.title = title;
  if (told?.newest) tell("age", is === "unknown" ? "?" : lasting(now - Date.parse(told.newest.minute)) + " ago");
  tell("heard", heard ? "As of " + heard + " UTC" : "");
};

const take = (old, drawn) => {
  if (old.isEqualNode(drawn)) return;
  if (old.nodeName !== drawn.nodeName || !drawn.firstChild || old.childNodes.length !== drawn.childNodes.length)
    return old.replaceWith(drawn);
  for (const { name, value } of drawn.attributes) old.setAttribute(name, value);
  [...drawn.childNodes].forEach((child, place) => take(old.childNodes[place], child));
};

const ask = async (path, signal) => {
  const reply = await fetch(path, { signal });
  if (!reply.ok) throw reply.status;
  return reply;
};

const refresh = async () => {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  const signal = AbortSignal.timeout(${PATIENCE});
  try {
    const status = await (await ask("status", signal)).json();
    const clock = Date.parse(status.now) - Date.now();
    if (lost || document.body.dataset.drawn !== drawnFrom(status)) {
      const page = await (await ask("./", signal)).text();
      take(document.body, new DOMParser().parseFromString(page, "text/html").body);
    }
    [told, heard, heardAt, ahead, lost] = [status, status.now.slice(11, 19), Date.now(), clock, false];
  } catch {
    lost = true;
  }
  asking = false;
  tick();
  timer = setTimeout(refresh, ${EVERY});
};

setInterval(tick, 1000);
addEventListener("pageshow", refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
refresh();
`.replace(/\n\s*/g, "\n");
