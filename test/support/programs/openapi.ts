import { Ajv2020 } from "ajv/dist/2020.js";

export interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  components: object;
}

interface Described {
  headers?: object;
  content?: Record<string, { schema: object }>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** Returns the differences between a reply and its OpenAPI document, including fields that the document does not name. */
export const faultsOf = (document: OpenApi, method: string, path: string, reply: Answer): string[] => {
  const operation = document.paths[path]?.[method.toLowerCase()];
  const described = operation?.responses[reply.status];
  if (described === undefined) return [`${method} ${path}: ${reply.status} is not described`];
  const headers = Object.keys(described.headers ?? {})
    .filter((name) => !reply.headers.has(name))
    .map((name) => `${method} ${path}: there is no ${name}`);
  const types = Object.keys(described.content ?? {});
  if (types.length === 0) {
    const empty = reply.body.length === 0;
    return empty ? headers : [...headers, `${method} ${path}: there is a body`];
  }
  const type = reply.headers.get("content-type")?.split(";")[0] ?? "no type";
  if (!types.includes(type)) return [...headers, `${method} ${path}: ${type} is not described`];
  const text = reply.body.toString();
  const body = type.endsWith("json") ? JSON.parse(text) : text;
  const mismatches = mismatchesOf(document, described.content?.[type]?.schema ?? {}, body);
  return [...headers, ...mismatches.map((mismatch) => `${method} ${path}: ${mismatch}`)];
};

const mismatchesOf = ({ components }: OpenApi, schema: object, value: unknown): string[] => {
  // The validator ignores formats. The document has a pattern for each of them.
  const ajv = new Ajv2020({
    allErrors: true,
    strictSchema: true,
    formats: { "date-time": true, date: true },
  });
  ajv.addKeyword("components");
  const validate = ajv.compile(closed({ ...schema, components }));
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
};

/** The same schema, with no additional fields allowed in any object. */
const closed = (schema: object): object =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    key !== "properties" && typeof value?.properties === "object"
      ? { additionalProperties: false, ...value }
      : value,
  );
