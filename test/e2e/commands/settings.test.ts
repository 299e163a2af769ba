import { beforeAll, describe, expect, it } from "vitest";
import { fromIndex, type Minute, minuteAfter, minuteBefore, toIndex } from "../../../lib/domain/minute.ts";
import { connect, putRow, storedRows } from "../../support/databases/table.ts";
import { minutesFrom } from "../../support/fixtures/history.ts";
import { populateTable } from "../../support/fixtures/populate-table.ts";
import { NASTY, NASTY_IN_BADGE, NASTY_IN_METRICS, PLAIN, readAs } from "../../support/fixtures/reasons.ts";
import { minuteOf, tickAt } from "../../support/fixtures/ticks.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { answerIn } from "../../support/processes/invoke-local.ts";
import { run } from "../../support/processes/program.ts";
import { type Service, SLS_OFFLINE, startService } from "../../support/processes/service.ts";
import { faultsOf, type OpenApi } from "../../support/programs/openapi.ts";

const folder = createCheckout();
const TABLE = "heartbeat-dev-beats";
/** Other than those that nobody gave. */
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

/** As a service speaks, where all goes well. */
const speakTo = (service: Service) => {
  const text = async (path: string) => (await service.request("GET", path)).body.toString();
  return {
    settings: async (event: unknown) => (await service.invoke("settings", event)) as Reply,
    beat: (minute: Minute) => service.deliver(tickAt(minute.replace("Z", ":00Z"))),
    text,
    json: async (path: string) => JSON.parse(await text(path)),
    metrics: async () => (await text("/metrics")).split("\n"),
  };
};

/** A heart born half an hour ago that beat to a minute ago but for three. */
const becomeYoungHeart = async (service: Service) => {
  const newest = minuteBefore(minuteOf(Date.now()));
  const born = fromIndex(toIndex(newest) - 29);
  const all = minutesFrom(born, newest);
  const missed = [10, 11, 20].flatMap((place) => all[place] ?? []);
  const beaten = all.filter((minute) => !missed.includes(minute));
  await populateTable(connect(service.databaseUrl), TABLE, { born, beaten });
  return { newest, missed };
};

/** What the page says of the state. */
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
  ])("paused for %s", (_, reason, inBadge, inMetrics) => {
    let missed: Minute[];
    let paused: Reply;
    let from: Minute;
    beforeAll(async () => {
      const { settings, beat } = speakTo(service);
      const heart = await becomeYoungHeart(service);
      missed = heart.missed;
      paused = await settings({ pause: reason, by: "ann" });
      from = paused.pause?.from ?? "";
      // A minute may have begun meanwhile.
      for (const minute of minutesFrom(minuteAfter(heart.newest), minuteBefore(from))) await beat(minute);
    });

    it("says so in the settings", async () => {
      expect(paused).toEqual({
        ...{ version: 1, ...STAGE },
        pause: { from: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/), reason },
        ...{ time: expect.any(String), requestId: expect.stringMatching(/^[\da-f-]{36}$/), by: "ann" },
      });
      expect([minuteOf(paused.time ?? ""), minuteAfter(minuteOf(paused.time ?? ""))]).toContain(from);
      expect(await speakTo(service).settings({})).toEqual(paused);
    });

    it("counts no minute from then on, however often it comes", async () => {
      const { beat } = speakTo(service);
      const before = await service.count();

      const answers = [await beat(from), await beat(minuteAfter(from)), await beat(from)];

      expect(answers).toEqual([isCovered(from), isCovered(minuteAfter(from)), isCovered(from)]);
      expect(await service.count()).toBe(before);
    });

    it("says so in /status, with the reason, and expects nothing", async () => {
      const { state, pause, missed, beats, expected, ...status } = await speakTo(service).json("/status");

      expect({ state, pause, missed, sum: expected - beats }).toEqual({
        state: "paused",
        pause: { from, reason },
        missed: 3,
        sum: 3,
      });
      expect([status.nextDue, status.lateAt, status.downAt]).toEqual([null, null, null]);
    });

    it("says so in /health, which passes", async () => {
      const { status, body } = await service.request("GET", "/health");

      expect(status).toBe(200);
      expect(JSON.parse(body.toString())).toMatchObject({
        status: "pass",
        notes: [expect.stringMatching(/^paused since \d{4}-/), `paused: ${reason}`],
      });
    });

    it("says so in /metrics", async () => {
      const lines = await speakTo(service).metrics();

      expect(lines.filter((line) => line.startsWith("heartbeat_pause_info"))).toEqual([
        `heartbeat_pause_info{reason="${inMetrics}"} 1`,
      ]);
      expect(lines).toContain('heartbeat_state{state="paused"} 1');
      expect(lines).toContain("heartbeat_up 0");
    });

    it("says so in both badges", async () => {
      const { text, json } = speakTo(service);
      const { since } = await json("/status");
      const message = `paused since ${since.slice(0, 16).replace("T", " ")} UTC: ${inBadge}`;

      const picture = await text("/badge.svg");

      expect((await json("/badge.json")).message).toBe(message);
      expect(readAs(/<title>(.*?)<\/title>/.exec(picture)?.[1])).toBe(`heartbeat: ${message}`);
      expect(picture).not.toContain("<b>");
    });

    it("says so on the page", async () => {
      const page = await speakTo(service).text("/");

      expect(page).toContain('<body class="paused"');
      expect(saidOn(page)).toBe(`Beats are not counted, on purpose: ${reason}`);
    });

    it("answers on every route as /openapi.json says", async () => {
      const document: OpenApi = await speakTo(service).json("/openapi.json");

      const faults: string[] = [];
      for (const path of Object.keys(document.paths))
        faults.push(...faultsOf(document, "GET", path, await service.request("GET", path)));

      expect(faults).toEqual([]);
    });

    it("paused again says that it is so already, and changes nothing", async () => {
      const again = await speakTo(service).settings({ pause: "another reason", by: "bob" });

      expect(again).toEqual({ ...paused, note: `paused already, since ${from}: ${reason}` });
    });

    it("still counts what comes late from before the pause", async () => {
      const { beat, json } = speakTo(service);
      const [late = ""] = missed;
      const before = await service.count();

      expect(await beat(late)).toEqual(counts(late));

      expect(await json("/status")).toMatchObject({ beats: before + 1, missed: 2, state: "paused" });
    });

    it("resumed, counts on after the minute of the resume, and missed nothing by the pause", async () => {
      const { settings, beat, json, text } = speakTo(service);
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
      expect(saidOn(await text("/"))).toBe("The heart beats, every minute.");
    });

    it("resumed again says that there is nothing to resume, and changes nothing", async () => {
      const { settings } = speakTo(service);
      const before = await settings({});

      const again = await settings({ resume: true });

      expect(again).toEqual({ ...before, note: "not paused, there is nothing to resume" });
      expect(again.version).toBe(2);
    });
  });

  describe("whose rules are changed", () => {
    beforeAll(() => becomeYoungHeart(service));

    it("tells and follows them at the next look, and those of the stage where they are taken back", async () => {
      const { settings, json, metrics } = speakTo(service);
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

    it("says that they are stored already, and changes nothing", async () => {
      const { settings } = speakTo(service);
      const before = await settings({ lateAfter: 240 });

      expect(await settings({ lateAfter: 240 })).toEqual({
        ...before,
        note: "these rules are stored already",
      });
    });
  });

  it("lets one of ten that change the same version at once win, and tells the others of it", async () => {
    const { settings } = speakTo(service);
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
        `nothing is changed: the settings are at version ${version + 1}, changed at ${now.time} by ${now.by}, not ${version}`,
      ]),
    );
  });

  it("writes each change to the log, and nothing of what changes nothing", async () => {
    const { settings } = speakTo(service);
    await settings({ downAfter: 7_100, by: "bob" });
    await service.program.waitForLine(/asked: \{ downAfter: 7100, by: 'bob' \}/, 5_000);
    const mark = service.program.lines().length;

    await settings({});
    await settings({ resume: true });
    const { version } = await settings({ downAfter: 7_200, by: "cleo" });

    await service.program.waitForLine(/asked: \{ downAfter: 7200, by: 'cleo' \}/, 5_000);
    const written = service.program.lines().slice(mark).join("\n");
    expect(written.match(/settings: \{/g)).toHaveLength(1);
    expect(written).toContain(`version: ${version},`);
  });

  const DAY_7 = "604800 (7 days)";
  it.each([
    ["an array", [1], 'the data must be an object such as {"pause":"a reason"}, not [1]'],
    ["null", null, 'the data must be an object such as {"pause":"a reason"}, not null'],
    ["a text", "pause", 'the data must be an object such as {"pause":"a reason"}, not "pause"'],
    [
      "an unknown key",
      { color: "red" },
      '"color" is no setting, there are pause, resume, lateAfter, downAfter, ifVersion, by',
    ],
    ["no reason", { pause: "" }, 'pause must be a text of 1 to 200 characters, not ""'],
    ["a blank reason", { pause: " " }, 'pause must be a text of 1 to 200 characters, not " "'],
    ["a pause that is no text", { pause: true }, "pause must be a text of 1 to 200 characters, not true"],
    [
      "a reason too long",
      { pause: "é".repeat(201) },
      "pause must be a text of 1 to 200 characters, not one of 201",
    ],
    [
      "a reason of two lines",
      { pause: "a\nb" },
      String.raw`pause must hold no control characters, as "a\nb" does`,
    ],
    ["resume that is not true", { resume: false }, "resume must be true, not false"],
    ["both at once", { pause: "x", resume: true }, "pause and resume can't be asked for at once"],
    [
      "lateAfter too short",
      { lateAfter: 129 },
      `lateAfter must be whole seconds, at least 130 and less than ${DAY_7}, not 129`,
    ],
    [
      "lateAfter of a text",
      { lateAfter: "300" },
      `lateAfter must be whole seconds, at least 130 and less than ${DAY_7}, not "300"`,
    ],
    [
      "half a second",
      { lateAfter: 120.5 },
      `lateAfter must be whole seconds, at least 130 and less than ${DAY_7}, not 120.5`,
    ],
    [
      "downAfter too long",
      { downAfter: 604_801 },
      `downAfter must be whole seconds, more than lateAfter, 130, and at most ${DAY_7}, not 604801`,
    ],
    [
      "downAfter not above lateAfter",
      { lateAfter: 300, downAfter: 300 },
      `downAfter must be whole seconds, more than lateAfter, 300, and at most ${DAY_7}, not 300`,
    ],
    [
      "a version that is none",
      { pause: "x", ifVersion: -1 },
      "ifVersion must be a whole number from 0, not -1",
    ],
    ["nobody", { pause: "x", by: "" }, 'by must be a text of 1 to 100 characters, not ""'],
    [
      "several faults",
      { pause: "", lateAfter: 60, by: 7, who: "me" },
      [
        '"who" is no setting, there are pause, resume, lateAfter, downAfter, ifVersion, by',
        'pause must be a text of 1 to 200 characters, not ""',
        `lateAfter must be whole seconds, at least 130 and less than ${DAY_7}, not 60`,
        "by must be a text of 1 to 100 characters, not 7",
      ].join("; "),
    ],
  ])("refuses %s, says why, and changes nothing", async (_, event, fault) => {
    const { settings } = speakTo(service);
    const before = await settings({});

    const { errorMessage } = await settings(event);

    expect(errorMessage).toBe(`refused, nothing is changed: ${fault}`);
    expect(await settings({})).toEqual(before);
  });

  it("refuses rules that go ill with those in force, and changes nothing", async () => {
    const { settings } = speakTo(service);
    await settings({ lateAfter: null, downAfter: null });
    const before = await settings({});

    const { errorMessage } = await settings({ pause: "x", lateAfter: 360 });

    expect(errorMessage).toBe(
      `refused, nothing is changed: downAfter must be whole seconds, more than lateAfter, 360, and at most ${DAY_7}, not 360`,
    );
    expect(await settings({})).toEqual(before);
  });

  it("is paused and resumed by npm", async () => {
    const { settings } = speakTo(service);
    const npm = (...args: string[]) => run(["npm", "run", "-s", ...args], { folder, env: service.env });

    const paused = await npm("pause", "--", 'a "quoted" reason', "& more");
    const during = await settings({});
    const resumed = await npm("resume");

    expect(during.pause?.reason).toBe('a "quoted" reason & more');
    expect([paused.lines, paused.code]).toEqual([[JSON.stringify(during)], 0]);
    expect([resumed.lines, resumed.code]).toEqual([[JSON.stringify(await settings({}))], 0]);
    expect((await settings({})).version).toBe(during.version + 1);
  });

  it("says in one line what it refuses of npm run pause", async () => {
    const { settings } = speakTo(service);
    const before = await settings({});

    const { code, lines } = await run(["npm", "run", "-s", "pause", "--", "é".repeat(201)], {
      folder,
      env: service.env,
    });

    expect(lines).toEqual([
      "settings failed: refused, nothing is changed: pause must be a text of 1 to 200 characters, not one of 201",
    ]);
    expect(code).toBe(1);
    expect(await settings({})).toEqual(before);
  });

  it("is changed by sls invoke local, in its database", async () => {
    const { settings } = speakTo(service);
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

  it("beats on whatever is stored of settings and pauses, and the log says so", async () => {
    const { settings, beat } = speakTo(service);
    const db = connect(service.databaseUrl);
    await becomeYoungHeart(service);
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

describe("sls invoke local -f settings, with a database of its own,", () => {
  const invoke = async (...args: string[]) => {
    const { code, output, left } = await run(["npx", "sls", "invoke", "local", "-f", "settings", ...args], {
      folder,
      env: { DYNAMODB: "embedded" },
    });
    return { code, answer: answerIn(output) as Reply, left };
  };

  it("tells the settings of a stage that nobody changed", async () => {
    expect(await invoke()).toEqual({
      answer: {
        ...{ version: 0, lateAfter: 150, downAfter: 270, pause: null },
        ...{ time: null, requestId: null, by: null },
      },
      ...{ code: 0, left: [] },
    });
  });

  it("changes them as events/settings.json asks", async () => {
    expect(await invoke("--path", "events/settings.json")).toEqual({
      answer: {
        ...{ version: 1, lateAfter: 150, downAfter: 270 },
        pause: { from: expect.any(String), reason: "database upgrade" },
        ...{ time: expect.any(String), requestId: expect.any(String), by: "me@example.org" },
      },
      ...{ code: 0, left: [] },
    });
  });

  it("fails, and says why, where they are refused", async () => {
    const { code, answer, left } = await invoke("-d", '{"lateAfter":60}');

    expect(answer.errorMessage).toBe(
      "refused, nothing is changed: lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not 60",
    );
    expect([code, left]).toEqual([1, []]);
  });
});

it("sls offline on DYNAMODB=local pauses, resumes and follows new rules as well", async () => {
  const service = await startService({ folder, env: { DYNAMODB: "local" } });
  const { settings, beat, json } = speakTo(service);
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
  expect(refused.errorMessage).toMatch(/^nothing is changed: the settings are at version 1, .* not 0$/);
  expect(after).toEqual(counts(minuteAfter(last)));
  expect(await json("/status")).toMatchObject({ state: "up", pause: null, missed: 0, beats: 2 });
});
