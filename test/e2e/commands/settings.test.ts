import { beforeAll, describe, expect, it } from "vitest";
import { fromIndex, type Minute, minuteAfter, minuteBefore, toIndex } from "../../../lib/domain/minute.ts";
import { connect, putRow, storedRows } from "../../support/databases/table.ts";
import { minutesFrom } from "../../support/fixtures/history.ts";
import { populateTable } from "../../support/fixtures/populate-table.ts";
import { NASTY, NASTY_IN_BADGE, NASTY_IN_METRICS, PLAIN, readAs } from "../../support/fixtures/reasons.ts";
import { minuteOf, tickAt } from "../../support/fixtures/ticks.ts";
import { needs } from "../../support/optional/needs.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { answerIn } from "../../support/processes/invoke-local.ts";
import { run } from "../../support/processes/program.ts";
import { type Service, SLS_OFFLINE, startService } from "../../support/processes/service.ts";
import { faultsOf, type OpenApi } from "../../support/programs/openapi.ts";

const folder = createCheckout();
const TABLE = "heartbeat-dev-beats";
/** Thresholds that differ from the defaults. */
const STAGE = { lateAfter: 180, downAfter: 360 };
const command = [...SLS_OFFLINE, "--param=lateAfter=180", "--param=downAfter=360"];

interface Reply {
  version: number;
  lateAfter: number;
  downAfter: number;
  pause: { from: Minute; reason: string } | null;
  time: string | null;
  requestId: string | null;
  by: string | null;
  note?: string;
  errorMessage?: string;
}

/** Short calls of a running service. */
const clientOf = (service: Service) => {
  const text = async (path: string) => (await service.request("GET", path)).body.toString();
  return {
    settings: async (event: unknown) => (await service.invoke("settings", event)) as Reply,
    beat: (minute: Minute) => service.deliver(tickAt(minute.replace("Z", ":00Z"))),
    text,
    json: async (path: string) => JSON.parse(await text(path)),
    metrics: async () => (await text("/metrics")).split("\n"),
  };
};

/** A history of half an hour up to the previous minute, with three missed minutes. */
const populateHalfAnHour = async (service: Service) => {
  const newest = minuteBefore(minuteOf(Date.now()));
  const born = fromIndex(toIndex(newest) - 29);
  const all = minutesFrom(born, newest);
  const missed = [10, 11, 20].flatMap((place) => all[place] ?? []);
  const beaten = all.filter((minute) => !missed.includes(minute));
  await populateTable(connect(service.databaseUrl), TABLE, { born, beaten });
  return { newest, missed };
};

/** The sentence about the state on the page. */
const saidOn = (page: string) => readAs(/<p id="said">(.*?)<\/p>/.exec(page)?.[1]);

const counts = (minute: Minute) => ({ counted: true, minute });
const isCovered = (minute: Minute) => ({ counted: false, minute, paused: true });

describe("sls offline", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ folder, command, env: { DYNAMODB: "embedded" } });
  });

  describe.each([
    ["a plain reason", PLAIN, PLAIN, PLAIN],
    ["a nasty reason", NASTY, NASTY_IN_BADGE, NASTY_IN_METRICS],
  ])("paused with %s", (_, reason, inBadge, inMetrics) => {
    let missed: Minute[];
    let paused: Reply;
    let from: Minute;
    beforeAll(async () => {
      const { settings, beat } = clientOf(service);
      const history = await populateHalfAnHour(service);
      missed = history.missed;
      paused = await settings({ pause: reason, by: "ann" });
      from = paused.pause?.from ?? "";
      // The next minute can have started.
      for (const minute of minutesFrom(minuteAfter(history.newest), minuteBefore(from))) await beat(minute);
    });

    it("returns the pause in the settings", async () => {
      expect(paused).toEqual({
        ...{ version: 1, ...STAGE },
        pause: { from: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/), reason },
        ...{ time: expect.any(String), requestId: expect.stringMatching(/^[\da-f-]{36}$/), by: "ann" },
      });
      expect([minuteOf(paused.time ?? ""), minuteAfter(minuteOf(paused.time ?? ""))]).toContain(from);
      expect(await clientOf(service).settings({})).toEqual(paused);
    });

    it("counts no minute of the pause, even when it is delivered again", async () => {
      const { beat } = clientOf(service);
      const before = await service.count();

      const answers = [await beat(from), await beat(minuteAfter(from)), await beat(from)];

      expect(answers).toEqual([isCovered(from), isCovered(minuteAfter(from)), isCovered(from)]);
      expect(await service.count()).toBe(before);
    });

    it("shows the pause and its reason in /status, and expects no minute", async () => {
      const { state, pause, missed, beats, expected, ...status } = await clientOf(service).json("/status");

      expect({ state, pause, missed, sum: expected - beats }).toEqual({
        state: "paused",
        pause: { from, reason },
        missed: 3,
        sum: 3,
      });
      expect([status.nextDue, status.lateAt, status.downAt]).toEqual([null, null, null]);
    });

    it("shows the pause in /health with the status pass", async () => {
      const { status, body } = await service.request("GET", "/health");

      expect(status).toBe(200);
      expect(JSON.parse(body.toString())).toMatchObject({
        status: "pass",
        notes: [expect.stringMatching(/^paused since \d{4}-/), `paused: ${reason}`],
      });
    });

    it("shows the pause in /metrics", async () => {
      const lines = await clientOf(service).metrics();

      expect(lines.filter((line) => line.startsWith("heartbeat_pause_info"))).toEqual([
        `heartbeat_pause_info{reason="${inMetrics}"} 1`,
      ]);
      expect(lines).toContain('heartbeat_state{state="paused"} 1');
      expect(lines).toContain("heartbeat_up 0");
    });

    it("shows the pause in both badges", async () => {
      const { text, json } = clientOf(service);
      const { since } = await json("/status");
      const message = `paused since ${since.slice(0, 16).replace("T", " ")} UTC: ${inBadge}`;

      const picture = await text("/badge.svg");

      expect((await json("/badge.json")).message).toBe(message);
      expect(readAs(/<title>(.*?)<\/title>/.exec(picture)?.[1])).toBe(`heartbeat: ${message}`);
      expect(picture).not.toContain("<b>");
    });

    it("shows the pause on the page", async () => {
      const page = await clientOf(service).text("/");

      expect(page).toContain('<body class="paused"');
      expect(saidOn(page)).toBe(`Beats are not counted, on purpose: ${reason}`);
    });

    it("replies on every route as /openapi.json describes", async () => {
      const document: OpenApi = await clientOf(service).json("/openapi.json");

      const faults: string[] = [];
      for (const path of Object.keys(document.paths))
        faults.push(...faultsOf(document, "GET", path, await service.request("GET", path)));

      expect(faults).toEqual([]);
    });

    it("a second pause returns a note and changes nothing", async () => {
      const again = await clientOf(service).settings({ pause: "another reason", by: "bob" });

      expect(again).toEqual({ ...paused, note: `already paused since ${from}: ${reason}` });
    });

    it("counts a late minute from before the pause", async () => {
      const { beat, json } = clientOf(service);
      const [late = ""] = missed;
      const before = await service.count();

      expect(await beat(late)).toEqual(counts(late));

      expect(await json("/status")).toMatchObject({ beats: before + 1, missed: 2, state: "paused" });
    });

    it("counts minutes again after the resume, and reports no minute of the pause as missed", async () => {
      const { settings, beat, json, text } = clientOf(service);
      const during = await json("/status");

      const resumed = await settings({ resume: true });
      // The first two minutes were answered as paused, so they are covered even if the resume is earlier.
      const to = minuteOf(resumed.time ?? "");
      const last = [to, minuteAfter(from)].sort().at(-1) ?? to;
      const answers = [];
      for (const minute of [...minutesFrom(from, last), minuteAfter(last)]) answers.push(await beat(minute));

      expect(resumed).toEqual({
        ...{ version: 2, ...STAGE, pause: null, by: null },
        ...{ time: expect.any(String), requestId: expect.stringMatching(/^[\da-f-]{36}$/) },
      });
      expect(answers).toEqual([...minutesFrom(from, last).map(isCovered), counts(minuteAfter(last))]);
      const { state, beats, expected, missed, pause } = await json("/status");
      expect({ state, beats, expected, missed, pause }).toEqual({
        ...{ state: "up", pause: null },
        ...{ beats: during.beats + 1, expected: during.expected + 1, missed: during.missed },
      });
      expect(await text("/metrics")).not.toContain("pause_info");
      expect(saidOn(await text("/"))).toBe("A beat is recorded every minute.");
    });

    it("a second resume returns a note and changes nothing", async () => {
      const { settings } = clientOf(service);
      const before = await settings({});

      const again = await settings({ resume: true });

      expect(again).toEqual({ ...before, note: "not paused: nothing to resume" });
      expect(again.version).toBe(2);
    });
  });

  describe("with changed thresholds", () => {
    beforeAll(() => populateHalfAnHour(service));

    it("applies new thresholds to the next request, and those of the stage after a reset", async () => {
      const { settings, json, metrics } = clientOf(service);
      const look = async () => {
        const { rules, newest, lateAt, downAt, state } = await json("/status");
        const seconds = [lateAt, downAt].map((at) => (Date.parse(at) - Date.parse(newest.minute)) / 1_000);
        return { ...rules, seconds, state };
      };

      const looks = [await look()];
      await settings({ lateAfter: 600, downAfter: 1_200 });
      looks.push(await look());
      const series = await metrics();
      await settings({ downAfter: 900 });
      looks.push(await look());
      await settings({ lateAfter: null, downAfter: null });
      looks.push(await look());

      expect(looks).toEqual([
        { lateAfter: 180, downAfter: 360, seconds: [180, 360], state: "up" },
        { lateAfter: 600, downAfter: 1_200, seconds: [600, 1_200], state: "up" },
        { lateAfter: 600, downAfter: 900, seconds: [600, 900], state: "up" },
        { lateAfter: 180, downAfter: 360, seconds: [180, 360], state: "up" },
      ]);
      expect(series).toEqual(
        expect.arrayContaining(["heartbeat_late_after_seconds 600", "heartbeat_down_after_seconds 1200"]),
      );
    });

    it("returns a note and changes nothing when the thresholds are already stored", async () => {
      const { settings } = clientOf(service);
      const before = await settings({ lateAfter: 240 });

      expect(await settings({ lateAfter: 240 })).toEqual({
        ...before,
        note: "these thresholds are already stored",
      });
    });
  });

  it("accepts one of ten concurrent changes of the same version, and rejects the others as conflicts", async () => {
    const { settings } = clientOf(service);
    const { version } = await settings({});

    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        settings({ lateAfter: 190 + n, ifVersion: version, by: `writer ${n}` }),
      ),
    );

    const now = await settings({});
    expect(now).toMatchObject({ version: version + 1, by: expect.stringMatching(/^writer \d$/) });
    expect(replies.filter((reply) => reply.errorMessage === undefined)).toEqual([now]);
    expect(new Set(replies.flatMap(({ errorMessage }) => errorMessage ?? []))).toEqual(
      new Set([
        `nothing is changed: the settings are at version ${version + 1} (changed at ${now.time} by ${now.by}), not ${version}`,
      ]),
    );
  });

  it("logs each change, and no request without a change", async () => {
    const { settings } = clientOf(service);
    await settings({ downAfter: 7_100, by: "bob" });
    await service.program.waitForLine(/request: \{ downAfter: 7100, by: 'bob' \}/, 5_000);
    const mark = service.program.lines().length;

    await settings({});
    await settings({ resume: true });
    const { version } = await settings({ downAfter: 7_200, by: "cleo" });

    await service.program.waitForLine(/request: \{ downAfter: 7200, by: 'cleo' \}/, 5_000);
    const written = service.program.lines().slice(mark).join("\n");
    expect(written.match(/settings: \{/g)).toHaveLength(1);
    expect(written).toContain(`version: ${version},`);
  });

  const DAY_7 = "604800 (7 days)";
  it("rejects an invalid request, names each fault, and changes nothing", async () => {
    const { settings } = clientOf(service);
    const before = await settings({});

    const { errorMessage } = await settings({ pause: "", lateAfter: 60, by: 7, who: "me" });

    expect(errorMessage).toBe(
      [
        'refused, nothing is changed: unknown setting "who": use pause, resume, lateAfter, downAfter, ifVersion, by',
        'pause must be a text of 1 to 200 characters, not ""',
        `lateAfter must be whole seconds, at least 130 and less than ${DAY_7}, not 60`,
        "by must be a text of 1 to 100 characters, not 7",
      ].join("; "),
    );
    expect(await settings({})).toEqual(before);
  });

  it("rejects thresholds that contradict the current ones, and changes nothing", async () => {
    const { settings } = clientOf(service);
    await settings({ lateAfter: null, downAfter: null });
    const before = await settings({});

    const { errorMessage } = await settings({ pause: "x", lateAfter: 360 });

    expect(errorMessage).toBe(
      `refused, nothing is changed: downAfter must be whole seconds, more than lateAfter (360) and at most ${DAY_7}, not 360`,
    );
    expect(await settings({})).toEqual(before);
  });

  it("is paused and resumed by npm run pause and npm run resume", async () => {
    const { settings } = clientOf(service);
    const npm = (...args: string[]) => run(["npm", "run", "-s", ...args], { folder, env: service.env });

    const paused = await npm("pause", "--", 'a "quoted" reason', "& more");
    const during = await settings({});
    const resumed = await npm("resume");

    expect(during.pause?.reason).toBe('a "quoted" reason & more');
    expect([paused.lines, paused.code]).toEqual([[JSON.stringify(during)], 0]);
    expect([resumed.lines, resumed.code]).toEqual([[JSON.stringify(await settings({}))], 0]);
    expect((await settings({})).version).toBe(during.version + 1);
  });

  it("npm run pause prints a rejected request in one line", async () => {
    const { settings } = clientOf(service);
    const before = await settings({});

    const { code, lines } = await run(["npm", "run", "-s", "pause", "--", "é".repeat(201)], {
      folder,
      env: service.env,
    });

    expect(lines).toEqual([
      "settings failed: refused, nothing is changed: pause must be a text of 1 to 200 characters, not a text of 201",
    ]);
    expect(code).toBe(1);
    expect(await settings({})).toEqual(before);
  });

  it("is changed by sls invoke local on the same database", async () => {
    const { settings } = clientOf(service);
    const { version } = await settings({});

    const { code, output } = await run(
      ["npx", "sls", "invoke", "local", "-f", "settings", "-d", '{"pause":"from afar","by":"dora"}'],
      { folder, env: { AWS_ENDPOINT_URL_DYNAMODB: service.databaseUrl } },
    );

    const now = await settings({ resume: true });
    expect(code).toBe(0);
    expect(now.version).toBe(version + 2);
    expect(answerIn(output)).toMatchObject({
      ...{ version: version + 1, pause: { reason: "from afar" }, by: "dora" },
    });
  });

  it("counts beats despite malformed settings and pauses, and logs a warning", async () => {
    const { settings, beat } = clientOf(service);
    const db = connect(service.databaseUrl);
    await populateHalfAnHour(service);
    const { pause } = await settings({ pause: PLAIN });
    const broken = { live: { openFrom: 7 }, "live#rules": { lateAfter: "soon", pauses: "none" } };
    for (const row of await storedRows(db, TABLE)) {
      if (row.sk === "live" || row.sk === "live#rules")
        await putRow(db, TABLE, { ...row, ...broken[row.sk] });
    }
    const count = await service.count();
    const minute = pause?.from ?? "";

    const answer = await beat(minute);

    expect(answer).toEqual(counts(minute));
    expect(await service.count()).toBe(count + 1);
    await service.program.waitForLine(
      /row live: openFrom has an unexpected value: 7: ignoring unreadable pause data/,
      5_000,
    );
    expect((await service.request("GET", "/status")).status).toBe(500);
    expect((await settings({ resume: true })).errorMessage).toMatch(/^row live/);
  });
});

describe("sls invoke local -f settings with its own database", () => {
  const invoke = async (...args: string[]) => {
    const { code, output, left } = await run(["npx", "sls", "invoke", "local", "-f", "settings", ...args], {
      folder,
      env: { DYNAMODB: "embedded" },
    });
    return { code, answer: answerIn(output) as Reply, left };
  };

  it("returns the defaults when nothing was changed", async () => {
    expect(await invoke()).toEqual({
      answer: {
        ...{ version: 0, lateAfter: 150, downAfter: 270, pause: null },
        ...{ time: null, requestId: null, by: null },
      },
      ...{ code: 0, left: [] },
    });
  });

  it("applies the change in events/settings.json", async () => {
    expect(await invoke("--path", "events/settings.json")).toEqual({
      answer: {
        ...{ version: 1, lateAfter: 150, downAfter: 270 },
        pause: { from: expect.any(String), reason: "database upgrade" },
        ...{ time: expect.any(String), requestId: expect.any(String), by: "me@example.org" },
      },
      ...{ code: 0, left: [] },
    });
  });

  it("fails with the reason for an invalid request", async () => {
    const { code, answer, left } = await invoke("-d", '{"lateAfter":60}');

    expect(answer.errorMessage).toBe(
      "refused, nothing is changed: lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not 60",
    );
    expect([code, left]).toEqual([1, []]);
  });
});

const local = needs("dynamodb-local");
it("sls offline with DYNAMODB=local pauses, resumes and applies new thresholds", local, async () => {
  const service = await startService({ folder, env: { DYNAMODB: "local" } });
  const { settings, beat, json } = clientOf(service);
  await service.deliver({});

  const { pause } = await settings({ pause: NASTY, lateAfter: 300, downAfter: 600 });
  const from = pause?.from ?? "";
  const covered = await beat(from);
  const during = await json("/status");
  const refused = await settings({ resume: true, ifVersion: 0 });
  const { time } = await settings({ resume: true, ifVersion: 1 });
  const to = minuteOf(time ?? "");
  const last = [to, from].sort().at(-1) ?? to;
  const after = await beat(minuteAfter(last));

  expect(covered).toEqual(isCovered(from));
  expect(during).toMatchObject({
    ...{ state: "paused", pause: { from, reason: NASTY }, missed: 0 },
    rules: { lateAfter: 300, downAfter: 600 },
  });
  expect(refused.errorMessage).toMatch(/^nothing is changed: the settings are at version 1 \(.*\), not 0$/);
  expect(after).toEqual(counts(minuteAfter(last)));
  expect(await json("/status")).toMatchObject({ state: "up", pause: null, missed: 0, beats: 2 });
});
