import type { DatabaseId } from '../../domain/ids.js';

interface Named {
  readonly databaseId: DatabaseId;
  readonly name: string;
}

/** Records by database and name, in order of insertion. */
export class NameTable<Record extends Named & { readonly id?: bigint }> {
  readonly #byDatabase = new Map<DatabaseId, Map<string, Record>>();

  get(databaseId: DatabaseId, name: string): Record | undefined {
    return this.#byDatabase.get(databaseId)?.get(name);
  }

  in(databaseId: DatabaseId): IterableIterator<Record> {
    return (this.#byDatabase.get(databaseId) ?? new Map<string, Record>()).values();
  }

  set(record: Record): void {
    const names = this.#byDatabase.get(record.databaseId) ?? new Map<string, Record>();
    names.set(record.name, record);
    this.#byDatabase.set(record.databaseId, names);
  }

  /** By id, not by name alone: a successor may already stand under the name. */
  remove({ databaseId, name, id }: Named & { readonly id?: bigint }): void {
    const names = this.#byDatabase.get(databaseId);
    if (names?.get(name)?.id === id) names?.delete(name);
    if (names?.size === 0) this.#byDatabase.delete(databaseId);
  }
}
