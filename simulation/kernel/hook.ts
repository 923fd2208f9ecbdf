/**
 * Sets what an object calls back. A function written on the right of `object.property =` is one that V8 takes for long-lived and puts where only
 * the rare full collection looks: all that it refers to, a whole world, would stay until then, and thousands of worlds are made in a minute.
 */
export function hook<T, K extends keyof T>(object: T, property: K, callback: T[K]): void {
  object[property] = callback;
}
