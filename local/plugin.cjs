// Node 22 and later keep what they have compiled of the modules that follow; where they can't, they go on without.
require("node:module").enableCompileCache?.(require("node:path").join(__dirname, "../.heartbeat/compiled"));
// osls loads a plugin as plain JavaScript, and Node 20 cannot read TypeScript by itself.
const unregister = require("tsx/cjs/api").register();
module.exports = require("./plugin.ts").default;
unregister();
