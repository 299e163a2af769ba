import { type Schema, text, the } from "./schemas.ts";

interface Response {
  description: string;
  headers?: Schema;
  content?: Record<string, { schema: Schema }>;
}
type Responses = Record<string, Response>;

export const reply = (description: string, type: string, schema: Schema): Response => ({
  description,
  content: { [type]: { schema } },
});

export const JSON_TYPE = "application/json";
export const SVG = "image/svg+xml";
export const UNAVAILABLE =
  "The database is unreachable or throttles. Try again after the time in Retry-After.";
const BROKEN =
  "The database denies access or is not set up, a stored row is malformed, or the function has a bug.";
const retryAfter = { "Retry-After": { description: "In seconds.", schema: { type: "integer" } } };

export const failing = (type: string, schema: Schema): Responses => ({
  500: reply(BROKEN, type, schema),
  503: { ...reply(UNAVAILABLE, type, schema), headers: retryAfter },
});
export const PROBLEM = "application/problem+json";
export const problems = failing(PROBLEM, the("Problem"));

/** A reply with an ETag, and the 304 for a request that has the current one. */
export const tagged = (found: Response): Responses => {
  const headers = { ETag: { description: "For If-None-Match.", schema: text } };
  return {
    200: { ...found, headers },
    304: { description: "Not modified since the reply whose ETag was sent in If-None-Match.", headers },
  };
};

/** A minute or a day. A pattern cannot check that it exists. */
export const period: Schema = {
  type: "string",
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}Z)?$",
};

export const parameter = (name: string, description: string, schema: Schema): Schema => ({
  ...{ name, in: "query", description, schema },
});

export const TAGS = {
  state: "The state of the heartbeat, for people, programs and monitors.",
  badges: "The state as a picture.",
  beats: "The counted beats.",
  service: "The API itself.",
};

const THROTTLED = reply("Too many requests. API Gateway sends this reply.", JSON_TYPE, the("Throttled"));

interface Route {
  name: string;
  tag: keyof typeof TAGS;
  summary: string;
  description: string;
  responses: Responses;
  parameters?: Schema[];
}

export const route = ({ name, tag, summary, description, responses, parameters = [] }: Route) => {
  const all: Responses = { ...responses, 429: THROTTLED };
  const shared = { tags: [tag], parameters };
  return {
    get: { operationId: `get${name}`, summary, description, ...shared, responses: all },
    head: {
      operationId: `head${name}`,
      summary: `${summary}, without a body`,
      description: `Returns the status and the headers of GET. ${description}`,
      ...shared,
      responses: Object.fromEntries(
        Object.entries(all).map(([status, { content: _, ...response }]) => [status, response]),
      ),
    },
  };
};
