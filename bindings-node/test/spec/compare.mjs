// Compares an answer with the expected one: an object may have more fields than are listed, an array may not have more
// items, and a field that is expected to be null may be missing.

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lists the differences between `found` and the expected value, each as a sentence. */
export function differences(path, expected, found) {
  if (isObject(expected) && isObject(found)) {
    return Object.entries(expected).flatMap(([key, value]) => differences(`${path}.${key}`, value, found[key] ?? null));
  }
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    return expected.flatMap((value, index) => differences(`${path}.${index}`, value, found[index]));
  }
  if (expected === found) return [];
  return [`${path}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`];
}
