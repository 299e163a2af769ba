import { cacheFor, type Reply } from "../reply/reply.ts";
import { PATHS, TAGS } from "./operations.ts";

/** Each schema that has an `$id`, by that name. */
const schemas: Record<string, object> = {};

/** The paths as JSON. Each schema that has an `$id` is moved to `schemas` and replaced by a reference. */
const paths: object = JSON.parse(JSON.stringify(PATHS), (_, value) => {
  if (value?.$id === undefined && value?.fieldDescription === undefined) return value;
  const { $id, fieldDescription, ...schema } = value;
  const description = fieldDescription === undefined ? {} : { description: fieldDescription };
  if ($id === undefined) return { ...schema, ...description };
  schemas[$id] = schema;
  return { $ref: `#/components/schemas/${$id}`, ...description };
});

/** All routes of the API in OpenAPI 3.1. Tests compare each reply, and the routes of serverless.yml, with it. */
const document = {
  openapi: "3.1.0",
  info: {
    title: "heartbeat",
    version: "0.1.0",
    summary: "Counts one beat every minute and reports the minutes that were missed.",
    description:
      "Pages of any origin may read it. The gateway answers any other path or method with its own 404.",
    contact: { name: "The operator of this service" },
    license: { name: "MIT", identifier: "MIT" },
  },
  // Relative to this document, because a custom domain can put a path before each route.
  servers: [{ url: "." }],
  security: [],
  tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  paths,
  components: { schemas },
};

export const openapi: Reply = cacheFor(JSON.stringify(document), "application/json", 300);
