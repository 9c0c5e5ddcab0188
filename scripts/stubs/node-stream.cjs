// Stands in for `readable-stream`, a copy of Node's own streams that takes twice as long to load as all of dockerode.
module.exports = require('node:stream');
