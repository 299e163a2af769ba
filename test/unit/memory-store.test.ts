import { describe } from "vitest";
import { createMemoryStore } from "../support/memory-store.ts";
import { testBeatStore } from "../support/store-contract.ts";

describe("the store in memory", () => {
  testBeatStore(async () => createMemoryStore());
});
