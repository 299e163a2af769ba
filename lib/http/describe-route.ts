import * as Type from "typebox";
import type { Parameter } from "../history/parameters.ts";
import { ProblemSchema, ThrottledSchema } from "../schemas/replies.ts";

interface Header {
  description: string;
  required: boolean;
  schema: Type.TSchema;
}
interface Response {
  description: string;
  headers?: Record<string, Header>;
  content?: Record<string, { schema: Type.TSchema }>;
}
type Responses = Record<string, Response>;

export const response = (description: string, type: string, schema: Type.TSchema): Response => ({
  description,
  content: { [type]: { schema } },
});

export const JSON_TYPE = "application/json";
export const PROBLEM = "application/problem+json";

const UNAVAILABLE = "The database is unreachable or throttles. Try again after the time in Retry-After.";
const INTERNAL_ERROR =
  "The database denies access, the table is missing, a stored row is malformed, or the function has a bug.";
const TOO_MANY_REQUESTS = "API Gateway rejects the request, because there are too many.";

/** `required`: each reply has the header. */
export const retryAfter = (required: boolean): Header => ({
  description: "Wait this number of seconds. The header is sent while the database is unavailable.",
  required,
  schema: Type.Integer(),
});

/** The replies to an error that comes from the database or the function. */
export const errors = (type: string, schema: Type.TSchema): Responses => ({
  500: response(INTERNAL_ERROR, type, schema),
  503: {
    ...response(UNAVAILABLE, type, schema),
    headers: { "Retry-After": retryAfter(true) },
  },
});
export const problems = errors(PROBLEM, ProblemSchema);

/** The replies of a route whose body has an ETag. */
export const okOrNotModified = (ok: Response): Responses => {
  const headers = {
    ETag: { description: "Send this value in If-None-Match.", required: true, schema: Type.String() },
  };
  return {
    200: { ...ok, headers },
    304: { description: "The reply is the same as the one whose ETag was sent in If-None-Match.", headers },
  };
};

export const TAGS = {
  state: "These routes return the state for people, programs and monitors.",
  badges: "These routes return the state for badges.",
  beats: "These routes return the counted beats.",
  service: "These routes test and describe the API itself.",
};

interface Operation {
  name: string;
  tag: keyof typeof TAGS;
  summary: string;
  description: string;
  responses: Responses;
  parameters?: Parameter[];
}

/** Describes GET and HEAD of a route. */
export const route = ({ name, tag, summary, description, responses, parameters = [] }: Operation) => {
  const all: Responses = { ...responses, 429: response(TOO_MANY_REQUESTS, JSON_TYPE, ThrottledSchema) };
  const withoutBodies = Object.entries(all).map(([status, { content: _, ...rest }]) => [status, rest]);
  return {
    get: { operationId: `get${name}`, summary, description, tags: [tag], parameters, responses: all },
    head: {
      operationId: `head${name}`,
      summary: `${summary}, without a body`,
      description: "Returns the status and the headers of GET, without the body.",
      tags: [tag],
      parameters,
      responses: Object.fromEntries(withoutBodies),
    },
  };
};
