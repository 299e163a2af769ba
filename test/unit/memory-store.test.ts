import { describe } from "vitest";
import { createMemoryStore } from "../support/memory-store.ts";
import { testSettingsStore } from "../support/settings-contract.ts";
import { testBeatStore } from "../support/store-contract.ts";

describe("the store in memory", () => {
  testBeatStore(async () => createMemoryStore());
  testSettingsStore(async () => createMemoryStore());
});
