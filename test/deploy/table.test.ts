import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { heldBy } from "../support/aws/state-of-aws.ts";

const OWN = "--param=existingTable=heartbeat-dev-beats";
const KEEP = "--param=keepTable=true";

/** Like AWS, the emulator applies the DeletionPolicy of the live template to a resource that a new template omits. */
describe("the table of a stage", needsAws(), () => {
  let folder: string;
  let aws: EmulatedAws;
  beforeAll(async () => {
    folder = createDeployable();
    aws = await startAws();
    await deploy();
    await aws.slsOrThrow(folder, "invoke", "-f", "heartbeat");
  });
  afterAll(async () => {
    expect(await aws?.stop()).toEqual([]);
  });

  const deploy = (...params: string[]) =>
    aws.slsOrThrow(folder, "deploy", "--param=schedule=false", ...params);
  const refusedBy = async (...args: string[]) => {
    const { code, lines } = await aws.sls(folder, ...args, "--param=schedule=false");
    return { code, line: lines.at(-1) };
  };
  const beats = async () => (await aws.openApi(folder)).text("/beats");

  it.each([
    [[KEEP, OWN]],
    [[KEEP, "--param=existingTable=beats-restored"]],
    [["--param=existingTable=beats-restored"]],
  ])("is kept: a deployment with %j, which would delete it, is rejected", async (params) => {
    expect(await refusedBy("deploy", ...params)).toEqual({
      code: 1,
      line: 'this update would delete the table heartbeat-dev-beats with all its beats, because the stack heartbeat-dev contains it and does not retain it: deploy once with --param="keepTable=true" and no other change, then repeat this command',
    });
    expect(await beats()).toBe('{"payload":1}');
  });

  it("is kept: deploying an earlier package, which would delete it, is rejected", async () => {
    await aws.slsOrThrow(folder, "package", "--package", "earlier", "--param=existingTable=beats-restored");

    expect(await refusedBy("deploy", "--package", "earlier")).toEqual({
      code: 1,
      line: expect.stringMatching(/^this update would delete the table heartbeat-dev-beats/),
    });
    expect(await beats()).toBe('{"payload":1}');
  });

  it("cannot be adopted by another stage while its own stage would delete it", async () => {
    expect(await refusedBy("deploy", "--stage", "live", KEEP, OWN)).toEqual({
      code: 1,
      line: 'existingTable=heartbeat-dev-beats belongs to the stack heartbeat-dev, which deletes it when that stack is removed: deploy that stack once with --param="keepTable=true", then repeat this command',
    });
  });

  it("outlives its stage after one deployment that retains it and one that names it as existing", async () => {
    await deploy(KEEP);
    await deploy(KEEP, OWN);

    expect(await beats()).toBe('{"payload":1}');
  });

  it("is kept: a deployment that omits the parameter for the existing table is rejected", async () => {
    expect(await refusedBy("deploy", KEEP)).toEqual({
      code: 1,
      line: 'this update would fail: the stack heartbeat-dev uses the existing table heartbeat-dev-beats and cannot create a table of that name: deploy with --param="existingTable=heartbeat-dev-beats"',
    });
  });

  it("is kept: a rollback that would delete it is rejected", async () => {
    const other = "--stage=other";
    await deploy(other, "--param=existingTable=beats-restored");
    const { output } = await aws.slsOrThrow(folder, "deploy", "list", other);
    const timestamp = /^Timestamp: (\d+)/m.exec(output)?.[1] ?? "";
    await deploy(other);

    expect(timestamp).toMatch(/^\d+$/);
    expect(await refusedBy("rollback", other, "-t", timestamp)).toEqual({
      code: 1,
      line: expect.stringMatching(/^this update would delete the table heartbeat-other-beats/),
    });
    await aws.slsOrThrow(folder, "remove", other);
  });

  it("is the only resource left after the stage is removed", async () => {
    await aws.slsOrThrow(folder, "remove");
    await aws.stop();

    expect(heldBy(aws.stateFolder)).toEqual(["dynamodb/tables/heartbeat-dev-beats"]);
  });
});
