import { cacheFor, type Reply } from "../reply/reply.ts";
import type { Names } from "../service/names.ts";
import { VERSION } from "../service/version.ts";
import { TAGS } from "./describe-route.ts";
import { PATHS } from "./operations.ts";

/** The paths as JSON, with each schema that has an `$id` replaced by a reference to the component of that name. */
const componentsOf = (operations: object): { paths: object; schemas: Record<string, object> } => {
  const schemas: Record<string, object> = {};
  const paths: object = JSON.parse(JSON.stringify(operations), (_, value) => {
    if (value?.$id === undefined && value?.fieldDescription === undefined) return value;
    const { $id, fieldDescription, ...schema } = value;
    const description = fieldDescription === undefined ? {} : { description: fieldDescription };
    if ($id === undefined) return { ...schema, ...description };
    schemas[$id] = schema;
    return { $ref: `#/components/schemas/${$id}`, ...description };
  });
  return { paths, schemas };
};

/** All routes of the API in OpenAPI 3.1. Tests compare each reply, and the routes of serverless.yml, with it. */
const createDocument = ({ service }: Names) => {
  const { paths, schemas } = componentsOf(PATHS);
  return {
    openapi: "3.1.0",
    info: {
      title: service,
      version: VERSION,
      summary: "Counts each run of the schedule once and reports the runs that were missed.",
      description:
        "Pages of any origin may read the replies. API Gateway answers any other path or method with its own 404.",
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
};

let last: { names: Names; reply: Reply } | undefined;

/** Returns the document. It is created by the first request for it, so that it does not add to cold starts. */
export const renderOpenApi = (names: Names): Reply => {
  if (last?.names !== names) {
    last = { names, reply: cacheFor(JSON.stringify(createDocument(names)), "application/json", 300) };
  }
  return last.reply;
};
