import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import tick from "../../../events/heartbeat.json" with { type: "json" };
import { createHeartbeatHandler } from "../../../handlers/factories/heartbeat.ts";
import { createPulseHandler } from "../../../handlers/factories/pulse.ts";
import { createSettingsHandler } from "../../../handlers/factories/settings.ts";
import { StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { startReceiver } from "../../support/fakes/receiver.ts";

const NOW = Date.parse(tick.time) + 48;
const THRESHOLDS = { lateAfter: 150, downAfter: 270, every: 1 };
const NAMES = { service: "nightly-report", stage: "test", metricsNamespace: "Nightly report" };
const CONTEXT = {
  functionName: "nightly-report-test-heartbeat",
  awsRequestId: "1b4d",
  getRemainingTimeInMillis: () => 180_000,
};

let written: string[];
beforeEach(() => {
  written = [];
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(process.stdout, "write").mockImplementation((line) => written.push(String(line)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const namespacesOf = (lines: readonly string[]): unknown[] =>
  lines.map((line) => JSON.parse(line)._aws.CloudWatchMetrics[0].Namespace);

test("heartbeat writes its metrics to the namespace of the service, and notifies in the name of the service", async () => {
  await using receiver = await startReceiver();
  const stage = { thresholds: THRESHOLDS, notifyUrl: new URL(receiver.url), names: NAMES };

  await createHeartbeatHandler(createMemoryStore(), stage, () => NOW)(tick, CONTEXT);

  expect(namespacesOf(written)).toEqual(["Nightly report"]);
  expect(receiver.calls).toEqual([
    expect.objectContaining({
      headers: expect.objectContaining({ "user-agent": expect.stringMatching(/^nightly-report\/\d/) }),
    }),
  ]);
});

test("settings writes its metric to the namespace of the service", async () => {
  await createSettingsHandler(
    createMemoryStore(),
    THRESHOLDS,
    NAMES,
    () => NOW,
  )({ pause: "upgrade" }, CONTEXT);

  expect(namespacesOf(written)).toEqual(["Nightly report"]);
});

describe.each([
  ["a snapshot", createMemoryStore()],
  [
    "an error",
    {
      ...createMemoryStore(),
      read: () => Promise.reject(new StoreUnavailableError("read", new Error("no answer"))),
    },
  ],
])("pulse shows the name of the service for %s", (_, store) => {
  const handler = createPulseHandler(store, THRESHOLDS, NAMES, () => NOW);
  const bodyOf = async (routeKey: string) => (await handler({ routeKey })).body ?? "";

  test("in title, description and heading of the page", async () => {
    const page = await bodyOf("GET /");

    expect(page).toMatch(/<title>\w+ · nightly-report test<\/title>/);
    expect(page).toContain(
      'content="The state of nightly-report test, when it began, and the missed beats."',
    );
    expect(page).toContain('<header><p><b>nightly-report</b> <span class="stage">test</span></p>');
    expect(page).not.toContain("heartbeat");
  });

  test("in the badge, whose label has the width of the name", async () => {
    const badge = await bodyOf("GET /badge.svg");

    expect(badge).toMatch(/aria-label="nightly-report: [^"]+"><title>nightly-report: /);
    // 14 letters of 6.6 px each.
    expect(badge).toContain('textLength="92.4" lengthAdjust="spacingAndGlyphs">nightly-report</text>');
    // The message follows the label and its padding of 3 × 8 px.
    expect(badge).toContain('<text x="116.4"');
    expect(badge).not.toContain("heartbeat");
  });
});

test("pulse has the name of the service in the label of /badge.json and the title of /openapi.json", async () => {
  const handler = createPulseHandler(createMemoryStore(), THRESHOLDS, NAMES, () => NOW);
  const read = async (routeKey: string) => JSON.parse((await handler({ routeKey })).body ?? "");

  expect(await read("GET /badge.json")).toMatchObject({ label: "nightly-report" });
  expect(await read("GET /openapi.json")).toMatchObject({ info: { title: "nightly-report" } });
});
