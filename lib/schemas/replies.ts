import * as Type from "typebox";
import { Count, Moment } from "./values.ts";

export const PingSchema = Type.Object({ payload: Type.Literal("PONG") }, { $id: "Ping" });
export const BeatsSchema = Type.Object({ payload: Count }, { $id: "Beats" });

const HealthStatus = Type.Enum(["pass", "warn", "fail"], { $id: "HealthStatus", type: "string" });

const HealthCheck = Type.Object(
  {
    componentType: Type.Literal("component"),
    observedValue: Count,
    observedUnit: Type.Literal("s"),
    status: HealthStatus,
    time: Moment,
  },
  { $id: "HealthCheck" },
);

export const HealthSchema = Type.Object(
  {
    status: HealthStatus,
    notes: Type.Optional(Type.Array(Type.String())),
    output: Type.Optional(Type.String()),
    checks: Type.Optional(Type.Object({ "heart:age": Type.Array(HealthCheck) }, { $id: "HealthChecks" })),
  },
  { $id: "Health", description: "The body follows draft-inadarei-api-health-check-06." },
);

export const BadgeSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    label: Type.String(),
    message: Type.String(),
    color: Type.String({ pattern: "^#[0-9a-f]{6}$" }),
    isError: Type.Boolean(),
  },
  { $id: "Badge", description: "The endpoint badge of shields.io reads this data." },
);

export const ProblemSchema = Type.Object(
  {
    type: Type.Literal("about:blank"),
    title: Type.String(),
    status: Type.Enum([400, 404, 500, 503], { type: "integer" }),
    detail: Type.String(),
  },
  { $id: "Problem", description: "The body follows RFC 9457." },
);

export const ThrottledSchema = Type.Object(
  { message: Type.String() },
  { $id: "Throttled", description: "API Gateway sends this reply." },
);

export type Health = Type.Static<typeof HealthSchema>;
export type Badge = Type.Static<typeof BadgeSchema>;
export type Problem = Type.Static<typeof ProblemSchema>;
