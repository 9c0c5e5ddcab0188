// Stands in for lodash, of which the MinIO client uses these few, on plain objects.
const fromEntries = (object, change) => Object.fromEntries(Object.entries(object ?? {}).flatMap(change));
module.exports = {
  isEmpty: (object) => Object.keys(object ?? {}).length === 0,
  mapKeys: (object, name) => fromEntries(object, ([key, value]) => [[name(value, key), value]]),
  mapValues: (object, map) => fromEntries(object, ([key, value]) => [[key, map(value, key)]]),
  pick: (object, keys) => fromEntries(object, ([key, value]) => (keys.includes(key) ? [[key, value]] : [])),
  pickBy: (object, keep) => fromEntries(object, ([key, value]) => (keep(value, key) ? [[key, value]] : [])),
};
