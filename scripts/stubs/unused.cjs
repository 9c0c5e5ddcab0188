// Stands in for packages that Express and dockerode bring along but lambdock never calls: they are most of their size.
module.exports = {};
