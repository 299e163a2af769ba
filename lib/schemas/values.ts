import * as Type from "typebox";
import { MARKS } from "../domain/timeline.ts";

// The `$id` of a schema is the name of its component in /openapi.json.

export const Minute = Type.String({
  $id: "Minute",
  description: "A UTC minute.",
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\dZ$",
  examples: ["2026-11-23T22:40Z"],
});

export const Moment = Type.String({
  $id: "Moment",
  description: "A UTC time, to the second.",
  format: "date-time",
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$",
  examples: ["2026-11-23T22:42:00Z"],
});

export const Day = Type.String({ format: "date", pattern: "^\\d{4}-\\d\\d-\\d\\d$" });
export const Count = Type.Integer({ minimum: 0 });
export const Percent = Type.Number({ minimum: 0, maximum: 100 });
export const Mark = Type.Enum([...MARKS], { $id: "Mark", type: "string" });

export const orNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/**
 * Describes the field that has this schema, for /openapi.json and the tables of docs/http-api.md. The description of
 * the schema itself stays: it describes the component.
 */
export const field = <S extends Type.TSchema>(schema: S, fieldDescription: string): S => ({
  ...schema,
  fieldDescription,
});
