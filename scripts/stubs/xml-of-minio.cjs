// Stands in for xml2js, with which the MinIO client writes the settings of buckets: elements in elements, and attributes in `$`.
const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function element(name, content) {
  if (typeof content !== 'object' || content === null) return `<${name}>${escaped(content ?? '')}</${name}>`;
  const { $: attributes = {}, ...children } = content;
  const head = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const inner = Object.entries(children).flatMap(([key, value]) =>
    [value].flat().map((one) => element(key, one)),
  );
  return `<${name}${head.join('')}>${inner.join('')}</${name}>`;
}

class Builder {
  constructor({ rootName } = {}) {
    this.rootName = rootName;
  }

  buildObject(object) {
    if (this.rootName) return element(this.rootName, object);
    const [[name, content]] = Object.entries(object);
    return element(name, content);
  }
}

module.exports = { Builder };
