// Stands in for packages that Express exports but the runtime never uses.
module.exports = {};
