import { describe } from "vitest";
import { testSettingsStore } from "../../support/contracts/settings-store.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";

describe("the memory store", () => {
  testSettingsStore(async () => createMemoryStore());
});
