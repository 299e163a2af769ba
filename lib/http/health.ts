import { isSinceAtLeast, type Pulse } from "../pulse/pulse.ts";
import { toProblem } from "../reply/problem.ts";
import { jsonReply, type Reply } from "../reply/reply.ts";

/** Health by state, with its HTTP status, as draft-inadarei-api-health-check-06 has them. */
const HEALTH = {
  new: { status: "warn", code: 200 },
  up: { status: "pass", code: 200 },
  late: { status: "warn", code: 200 },
  down: { status: "fail", code: 503 },
  paused: { status: "pass", code: 200 },
} as const;

const TYPE = "application/health+json";

/** The reply to monitors and load balancers. */
export const renderHealth = (pulse: Pulse): Reply => {
  const { state, since, newest, now, pause } = pulse;
  const { status, code } = HEALTH[state];
  const age = {
    componentType: "component",
    observedValue: newest?.age,
    observedUnit: "s",
    status,
    time: now,
  };
  const body = {
    status,
    notes: [
      since === null ? "no beat yet" : `${state} since ${isSinceAtLeast(pulse) ? "at least " : ""}${since}`,
      ...(pause?.reason ? [`paused: ${pause.reason}`] : []),
    ],
    // The draft wants no output of what passes.
    ...(status === "pass" ? {} : { output: outputOf(pulse) }),
    ...(newest === null ? {} : { checks: { "heart:age": [age] } }),
  };
  return jsonReply(code, body, TYPE);
};

const outputOf = ({ born, newest, missed }: Pulse): string => {
  if (born === null) return "no minute has beaten";
  const last =
    newest === null ? `no minute since ${born} has beaten` : `the newest beat is ${newest.age} s old`;
  return `${last}, ${missed} missed in all`;
};

/** Who can't tell the pulse is not healthy. */
export const renderHealthError = (error: unknown): Reply => {
  const { status, detail } = toProblem(error);
  return jsonReply(status, { status: "fail", output: detail }, TYPE);
};
