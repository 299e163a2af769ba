// osls loads a plugin as plain JavaScript, and Node 20 cannot read TypeScript by itself.
const unregister = require("tsx/cjs/api").register();
module.exports = require("./plugin.ts").default;
unregister();
