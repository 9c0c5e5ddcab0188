// Stands in for packages that Express exports but lambdock never calls: they are most of Express's size.
module.exports = {};
