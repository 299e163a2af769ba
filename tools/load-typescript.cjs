// The framework loads a plugin with require(). tsx translates the TypeScript of the plugin while it is loaded.
const { register } = require("tsx/cjs/api");

exports.loadTypeScript = (file) => {
  const unregister = register();
  try {
    return require(file).default;
  } finally {
    unregister();
  }
};
