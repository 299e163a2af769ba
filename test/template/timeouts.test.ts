import { expect, inject, test } from "vitest";
import { RESERVED_MS } from "../../lib/beat/run-job.ts";
import { REQUEST_LIMIT_MS } from "../../lib/dynamodb/table/client.ts";
import { MAX_ATTEMPTS } from "../../lib/settings/settings.ts";
import { readFunctions, readTemplate } from "../support/aws/template.ts";

const { Resources } = readTemplate(inject("packages").dev);

test.each(readFunctions(inject("packages").dev))(
  "the timeout of %s leaves at least a second after a request to the database, if its role allows one",
  (_, { role = "", timeout = 0 }) => {
    const usesTable = JSON.stringify(Resources[role]?.Properties).includes('"dynamodb:');

    if (usesTable) expect(timeout * 1_000).toBeGreaterThanOrEqual(REQUEST_LIMIT_MS + 1_000);
  },
);

/** The requests that a function makes one after another, and what else takes time. */
test.each([
  // Before a job, which has at least 60 seconds, the beat is looked up.
  ["Heartbeat", 2, 60_000 + RESERVED_MS],
  ["Beats", 1, 0],
  // Queries at once, and once more where stored thresholds reach further back.
  ["Pulse", 2, 0],
  // At each try the settings are read and then changed.
  ["Settings", MAX_ATTEMPTS * 2, 0],
])(
  "the timeout of %s leaves at least a second after %i requests to the database",
  (name, requests, others) => {
    const timeout = Number(Resources[`${name}LambdaFunction`]?.Properties?.["Timeout"]);

    expect(timeout * 1_000).toBeGreaterThanOrEqual(requests * REQUEST_LIMIT_MS + others + 1_000);
  },
);
