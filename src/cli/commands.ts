import { Command } from 'commander';
import { version } from '../version.js';
import { EXIT_OK, EXIT_USAGE } from './exit-codes.js';
import type { ConfigOptions } from './read-config.js';
import type { ServeOptions } from './serve.js';

/** What the command line asks for. @returns the exit code. */
export type Action = () => Promise<number>;

const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

/**
 * Reads the command line; ends the process itself on `--help`, `--version` and bad options. Modules
 * of a command are loaded when it is performed, so that no command waits for those of another.
 */
export function readCommandLine(args: readonly string[]): Action {
  let action: Action | undefined;
  const chosen = (each: Action): void => {
    action = each;
  };
  const program = new Command('rootstock')
    .description('The Milvus control plane: collections, partitions, time and ids')
    .version(version.release)
    .option('--config <file>', 'a milvus.yaml')
    .option('--set <key=value>', 'one setting, over file and environment', collect, [])
    .option('--data-dir <dir>', 'where the embedded store lives')
    .option('--inspect', 'let the Stately inspector watch the actors')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT_OK : EXIT_USAGE))
    .allowExcessArguments()
    .action((options: ServeOptions, command: Command) => {
      const [word] = command.args;
      if (word !== undefined) command.error(`error: unknown command '${word}'`);
      chosen(async () => (await import('./serve.js')).serve(options));
    });
  addWatch(program, chosen);
  addUndrop(program, chosen);
  addPlanAndApply(program, chosen);
  addMeta(program, chosen);
  program.parse(args);
  return action ?? (() => Promise.resolve(EXIT_USAGE));
}

const ADDRESS = [
  '--address <host:port>',
  'where Rootstock serves (default: as configured)',
] as const;

function addWatch(program: Command, chosen: (action: Action) => void): void {
  program
    .command('watch')
    .description('print every change of the catalog as it happens')
    .option(...ADDRESS)
    .option('--from <sequence>', 'the first change wanted (default: the oldest that is kept)')
    .option('--only-new', 'begin with what happens from now on')
    .option('--db <name>', 'only this database; may be repeated', collect)
    .option(
      '--kind <kind>',
      'only database, collection, partition or alias; may be repeated',
      collect,
    )
    .option('--object <id>', 'only the object of this id; may be repeated', collect)
    .option('--json', 'one JSON object per line, with the object before and after')
    .action((_options, command: Command) =>
      chosen(async () => (await import('./watch.js')).runWatch(command.optsWithGlobals())),
    );
}

function addUndrop(program: Command, chosen: (action: Action) => void): void {
  program
    .command('undrop [collection]')
    .description('bring a dropped collection or partition back')
    .option(...ADDRESS)
    .option('--list', 'list what can be brought back')
    .option('--partition <name>', 'bring back this partition of the collection')
    .option('--id <id>', 'of several dropped under one name, the one of this id')
    .option('--as <name>', 'bring the collection back under another name')
    .option('--db <name>', 'the database (default: "default"; with --list: every one)')
    .action((collection: string | undefined, _options, command: Command) =>
      chosen(async () =>
        (await import('./undrop.js')).runUndrop({ ...command.optsWithGlobals(), collection }),
      ),
    );
}

function addPlanAndApply(program: Command, chosen: (action: Action) => void): void {
  const add = (name: string, description: string): Command =>
    program
      .command(`${name} <spec>`)
      .description(description)
      .option(...ADDRESS)
      .option('--db <name>', 'only this database of the spec; may be repeated', collect)
      .option('--prune', 'drop what is in those databases and not in the spec');
  add('plan', 'print the DDL that makes the catalog what a YAML file says')
    .option(
      '--detailed-exitcode',
      'end with 0 when there is nothing to do and with 2 when there is',
    )
    .action((spec: string, _options, command: Command) =>
      chosen(async () =>
        (await import('./plan.js')).runPlan({ ...command.optsWithGlobals(), spec }),
      ),
    );
  add('apply', 'make the catalog what a YAML file says, step by step')
    .option('--dry-run', 'print the steps and perform none')
    .action((spec: string, _options, command: Command) =>
      chosen(async () =>
        (await import('./apply.js')).runApply({ ...command.optsWithGlobals(), spec }),
      ),
    );
}

function addMeta(program: Command, chosen: (action: Action) => void): void {
  const meta = program.command('meta').description('metadata of a stopped Rootstock as a file');
  const add = (name: string, description: string, run: (command: MetaCommand) => Promise<number>) =>
    meta
      .command(`${name} <file>`)
      .description(description)
      .action((file: string, _options, command: Command) =>
        chosen(() => run({ file, options: command.optsWithGlobals() })),
      );
  add('export', 'write the metastore to a new file', async ({ file, options }) => {
    const { runMetaExport, config } = await metaModules(options);
    return runMetaExport({ config, file });
  });
  add('import', 'fill an empty metastore from a file', async ({ file, options }) => {
    const { runMetaImport, config } = await metaModules(options);
    return runMetaImport({ config, file });
  });
}

interface MetaCommand {
  readonly file: string;
  readonly options: ConfigOptions;
}

async function metaModules(options: ConfigOptions) {
  const [{ readConfig }, meta] = await Promise.all([
    import('./read-config.js'),
    import('./meta-file.js'),
  ]);
  return { ...meta, config: readConfig(options).config };
}
