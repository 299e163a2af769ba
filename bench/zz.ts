import { mkdtempSync } from "node:fs"; import { measureColdStarts } from "./cold-starts.ts"; import { toTable } from "./figures.ts";
console.log(toTable(await measureColdStarts(11, mkdtempSync("/tmp/bench-"))));
