import { isSinceAtLeast } from "../pulse/pulse.ts";
import { errorReply } from "../reply/problem.ts";
import { jsonReply, type Reply } from "../reply/reply.ts";
import type { Health } from "../schemas/replies.ts";
import type { Pulse } from "../schemas/status.ts";

/** The health and the HTTP status of each state, as draft-inadarei-api-health-check-06 defines them. */
const HEALTH = {
  new: { status: "warn", code: 200 },
  up: { status: "pass", code: 200 },
  late: { status: "warn", code: 200 },
  down: { status: "fail", code: 503 },
  paused: { status: "pass", code: 200 },
} as const;

const TYPE = "application/health+json";

/** Renders /health for monitors and load balancers. */
export const renderHealth = (pulse: Pulse): Reply => {
  const { newest, now } = pulse;
  const { status, code } = HEALTH[pulse.state];
  const body: Health = { status, notes: notesOf(pulse) };
  // The draft wants no output if the status is pass.
  if (status !== "pass") body.output = outputOf(pulse);
  if (newest !== null) {
    const age = { componentType: "component", observedValue: newest.age, observedUnit: "s" } as const;
    body.checks = { "heart:age": [{ ...age, status, time: now }] };
  }
  return jsonReply(code, body, TYPE);
};

const notesOf = (pulse: Pulse): string[] => {
  const { state, since, pause } = pulse;
  if (since === null) return ["no beat yet"];
  const note = `${state} since ${isSinceAtLeast(pulse) ? "at least " : ""}${since}`;
  return pause?.reason ? [note, `paused: ${pause.reason}`] : [note];
};

const outputOf = ({ born, newest, missed }: Pulse): string => {
  if (born === null) return "no beat was counted yet";
  const last =
    newest === null ? `no beat was counted since ${born}` : `the newest beat is ${newest.age} s old`;
  return `${last}, ${missed} missed in all`;
};

/** Renders /health when the snapshot cannot be read: the status is fail, and `output` holds the reason. */
export const renderHealthError = (error: unknown): Reply =>
  errorReply(error, TYPE, ({ detail }) => {
    const body: Health = { status: "fail", output: detail };
    return JSON.stringify(body);
  });
