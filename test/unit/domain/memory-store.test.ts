import { describe } from "vitest";
import { testBeatStore } from "../../support/contracts/beat-store.ts";
import { testPast } from "../../support/contracts/past.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";

describe("the memory store", () => {
  testBeatStore(async () => createMemoryStore());
  testPast(async () => createMemoryStore());
});
