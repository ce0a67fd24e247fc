import { isObject } from './any-object.js';

/**
 * Options without properties from `Object.prototype`. Otherwise a dependency that lets attackers write there could set a `baseURL`
 * for every call, and secrets would be sent to it. Class instances, getters and `Object.create(defaults)` still work.
 */
export function givenOptions<Options extends object>(options: Options): Options {
  // The usual case copies nothing, since there may be 100,000 providers. What is no object is left to the check of options.
  if (Object.keys(Object.prototype).length === 0 || !isObject(options)) return options;
  const given = Object.create(null) as Options;
  for (
    let layer: object | null = options;
    layer !== null && layer !== Object.prototype;
    layer = Object.getPrototypeOf(layer) as object | null
  ) {
    for (const name of Reflect.ownKeys(layer)) {
      if (Object.hasOwn(given, name)) continue;
      // The property descriptor must not inherit from it either.
      Object.defineProperty(given, name, {
        __proto__: null,
        get: () => Reflect.get(options, name) as unknown,
        enumerable: Object.prototype.propertyIsEnumerable.call(layer, name),
      } as PropertyDescriptor);
    }
  }
  return given;
}
