// The framework loads a plugin as JavaScript, with require(). tsx translates this one's TypeScript while it loads.
const { register } = require("tsx/cjs/api");

const unregister = register();
const { default: plugin } = require("./plugin.ts");
unregister();

module.exports = plugin;
