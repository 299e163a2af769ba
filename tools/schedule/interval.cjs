const { loadTypeScript } = require("../load-typescript.cjs");

module.exports = loadTypeScript(require.resolve("./interval.ts"));
