// Stands in for `debug`, with which Express and the proxy tell their own developers what they do.
const silent = () => Object.assign(() => {}, { enabled: false, extend: silent });
module.exports = silent;
