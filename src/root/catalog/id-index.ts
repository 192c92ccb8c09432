/** Which ids stand under a key; a key without ids takes no room. */
export class IdIndex<Id> {
  readonly #ids = new Map<string, Set<Id>>();

  get(key: string): ReadonlySet<Id> {
    return this.#ids.get(key) ?? new Set<Id>();
  }

  add(key: string, id: Id): void {
    const ids = this.#ids.get(key) ?? new Set<Id>();
    this.#ids.set(key, ids.add(id));
  }

  remove(key: string, id: Id): void {
    const ids = this.#ids.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(key);
  }

  get size(): number {
    return this.#ids.size;
  }
}
