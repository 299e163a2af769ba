import { Ajv2020 } from "ajv/dist/2020.js";

export interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  components: object;
}

interface Described {
  headers?: Record<string, { required?: boolean }>;
  content?: Record<string, { schema: object }>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/**
 * Compares a reply with the document. Returns the differences; fields that the document does not name are differences too.
 */
export const faultsOf = (document: OpenApi, method: string, path: string, reply: Answer): string[] => {
  const operation = document.paths[path]?.[method.toLowerCase()];
  const described = operation?.responses[reply.status];
  if (described === undefined) return [`${method} ${path}: ${reply.status} is not described`];
  const named = described.headers ?? {};
  const headers = Object.entries(named)
    .filter(([name, { required }]) => required && !reply.headers.has(name))
    .map(([name]) => `${method} ${path}: there is no ${name}`);
  for (const name of ["ETag", "Retry-After"])
    if (reply.headers.has(name) && !(name in named))
      headers.push(`${method} ${path}: ${name} is not described`);
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
  // Ajv has no formats without a plugin. Each schema with a format also has a pattern.
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

/** The schema with `additionalProperties: false` on every object. */
const closed = (schema: object): object =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    key !== "properties" && typeof value?.properties === "object"
      ? { additionalProperties: false, ...value }
      : value,
  );
