import {
  CloudFormationClient,
  CreateChangeSetCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { heldBy } from "../support/aws/state-of-aws.ts";

const WITHOUT_SCHEDULE = "--param=schedule=false";

describe("on an emulated AWS", needsAws(), () => {
  let folder: string;
  let aws: EmulatedAws;
  beforeEach(async () => {
    folder = createDeployable();
    aws = await startAws();
  });
  afterEach(async () => {
    expect(await aws?.stop()).toEqual([]);
  });

  const held = async () => {
    await aws.stop();
    return heldBy(aws.stateFolder);
  };

  const cloudFormation = () => new CloudFormationClient({ endpoint: aws.url, credentials: aws.credentials });
  /** Does what `aws cloudformation update-termination-protection --no-enable-termination-protection` does. */
  const allowRemoval = (StackName: string) =>
    cloudFormation().send(
      new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }),
    );

  // AWS rejects a second deployment until the first one is complete. In the emulator it is complete by now.
  it.each([
    ["before it has uploaded the code", /^Uploading CloudFormation file/],
    ["while the stack changes", /UPDATE_IN_PROGRESS/],
  ])("a first deployment that was killed %s is completed by the next one", async (_, line) => {
    const cut = aws.launchSls(folder, "deploy", "--verbose", WITHOUT_SCHEDULE);
    await cut.waitForLine(line, 60_000);
    cut.kill();
    const code = await cut.ended(5_000);

    await aws.slsOrThrow(folder, "deploy", WITHOUT_SCHEDULE);

    const api = await aws.openApi(folder);
    expect(code).toBe(null);
    expect(await api.text("/ping")).toBe('{"payload":"PONG"}');
    expect(await api.text("/beats")).toBe('{"payload":0}');
  });

  it("a first deployment that was killed before its change set ran can be removed and repeated", {
    timeout: 240_000,
  }, async () => {
    await cloudFormation().send(
      new CreateChangeSetCommand({
        StackName: "heartbeat-dev",
        ChangeSetName: "heartbeat-dev-change-set",
        ChangeSetType: "CREATE",
        TemplateBody: JSON.stringify({ Resources: { Topic: { Type: "AWS::SNS::Topic" } } }),
      }),
    );

    const { code, output } = await aws.sls(folder, "deploy", WITHOUT_SCHEDULE);
    await aws.slsOrThrow(folder, "remove");
    await aws.slsOrThrow(folder, "deploy", WITHOUT_SCHEDULE);

    expect(code).toBe(1);
    expect(output).toContain("is in the 'REVIEW_IN_PROGRESS' state");
    expect(await (await aws.openApi(folder)).text("/beats")).toBe('{"payload":0}');
  });

  it("sls remove deletes every resource of dev", async () => {
    await aws.slsOrThrow(folder, "deploy", WITHOUT_SCHEDULE);
    await aws.slsOrThrow(folder, "invoke", "-f", "heartbeat");

    await aws.slsOrThrow(folder, "remove");

    expect(await held()).toEqual([]);
  });

  it("sls remove fails for prod until termination protection is disabled", async () => {
    await aws.slsOrThrow(folder, "deploy", "--stage", "prod", WITHOUT_SCHEDULE);

    const { code, output } = await aws.sls(folder, "remove", "--stage", "prod");

    expect(code).toBe(1);
    expect(output).toContain('Cannot remove stack "heartbeat-prod" because deletion protection is enabled.');
    expect(await (await aws.openApi(folder, "--stage", "prod")).text("/beats")).toBe('{"payload":0}');
  });

  it("sls remove of prod retains only the table, which a later deployment adopts", async () => {
    const prod = ["--stage", "prod"];
    await aws.slsOrThrow(folder, "deploy", ...prod, WITHOUT_SCHEDULE);
    await aws.slsOrThrow(folder, "invoke", "-f", "heartbeat", ...prod);
    await allowRemoval("heartbeat-prod");
    await aws.slsOrThrow(folder, "remove", ...prod);

    const kept = "--param=existingTable=heartbeat-prod-beats";
    await aws.slsOrThrow(folder, "deploy", ...prod, WITHOUT_SCHEDULE, kept);
    const beats = await (await aws.openApi(folder, ...prod)).text("/beats");
    await allowRemoval("heartbeat-prod");
    await aws.slsOrThrow(folder, "remove", ...prod);

    expect(beats).toBe('{"payload":1}');
    expect(await held()).toEqual(["dynamodb/tables/heartbeat-prod-beats"]);
  });
});
