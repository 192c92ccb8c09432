import type { Asker, Request } from '../asker.js';
import type {
  AddCollectionFieldCommand,
  AddCollectionFunctionCommand,
  AlterCollectionCommand,
  AlterCollectionFieldCommand,
  AlterCollectionFunctionCommand,
  DropCollectionFunctionCommand,
  RenameCollectionCommand,
  TruncateCollectionCommand,
} from '../ddl/alteration-commands.js';
import type { DdlSupervisor } from '../ddl/ddl-supervisor.js';

/**
 * Changes to collections that exist, as RootCoord's callers see them (facts/rootcoord §5.6, §5.7).
 * Each settles when the change is durable, visible and announced; a change that changes nothing
 * succeeds. Each throws CoordError `DatabaseNotFound`, `CollectionNotFound` and the refusals of the
 * plan named like it.
 */
export class Alterations {
  readonly #ddl: DdlSupervisor;

  constructor({ ddl }: { readonly ddl: DdlSupervisor }) {
    this.#ddl = ddl;
  }

  async alter(command: Request<AlterCollectionCommand>, asker: Asker): Promise<void> {
    await this.#ddl.submit({ ...command, kind: 'alterCollection' }, asker);
  }

  async alterField(command: Request<AlterCollectionFieldCommand>, asker: Asker): Promise<void> {
    await this.#ddl.submit({ ...command, kind: 'alterCollectionField' }, asker);
  }

  async addField(command: Request<AddCollectionFieldCommand>, asker: Asker): Promise<void> {
    await this.#ddl.submit({ ...command, kind: 'addCollectionField' }, asker);
  }

  async rename(command: Request<RenameCollectionCommand>, asker: Asker): Promise<void> {
    await this.#ddl.submit({ ...command, kind: 'renameCollection' }, asker);
  }

  /** Metadata only: rows older than now count as gone. */
  async truncate(command: Request<TruncateCollectionCommand>, asker: Asker): Promise<void> {
    await this.#ddl.submit({ ...command, kind: 'truncateCollection' }, asker);
  }

  async addFunction(command: Request<AddCollectionFunctionCommand>, asker: Asker): Promise<void> {
    await this.#ddl.submit({ ...command, kind: 'addCollectionFunction' }, asker);
  }

  async alterFunction(
    command: Request<AlterCollectionFunctionCommand>,
    asker: Asker,
  ): Promise<void> {
    await this.#ddl.submit({ ...command, kind: 'alterCollectionFunction' }, asker);
  }

  async dropFunction(command: Request<DropCollectionFunctionCommand>, asker: Asker): Promise<void> {
    await this.#ddl.submit({ ...command, kind: 'dropCollectionFunction' }, asker);
  }
}
