/**
 * Options without what only `Object.prototype` carries. A dependency that lets strangers write there would otherwise give every call
 * a `baseURL`, and secrets would be sent to it. Class instances, getters and `Object.create(defaults)` count as given.
 */
export function givenOptions<Options extends object>(options: Options): Options {
  // Nearly always: nothing is copied, for there may be 100,000 providers.
  if (Object.keys(Object.prototype).length === 0) return options;
  const given = Object.create(null) as Options;
  for (
    let layer: object | null = options;
    layer !== null && layer !== Object.prototype;
    layer = Object.getPrototypeOf(layer) as object | null
  ) {
    for (const name of Reflect.ownKeys(layer)) {
      if (Object.hasOwn(given, name)) continue;
      // The description of a property must not inherit either.
      Object.defineProperty(given, name, {
        __proto__: null,
        get: () => Reflect.get(options, name) as unknown,
        enumerable: Object.prototype.propertyIsEnumerable.call(layer, name),
      } as PropertyDescriptor);
    }
  }
  return given;
}
