import type { Config } from './schema.js';

/** Two keys whose values are good alone and not together. */
export interface Contradiction {
  readonly keys: readonly [string, string];
  /** Finishes the sentence "<first key> …". */
  readonly text: string;
}

/** Every contradiction of the configuration. */
export function contradictions(config: Config): readonly Contradiction[] {
  return [...sharedPorts(config), ...tsoIntervals(config)];
}

function sharedPorts(config: Config): Contradiction[] {
  const { inspect } = config.rootstock;
  const listeners = [
    { name: 'proxy', ...config.proxy },
    { name: 'rootCoord', ...config.rootCoord },
    { name: 'dataCoord', ...config.dataCoord },
    { name: 'metrics', ...config.metrics },
    ...(inspect.enabled ? [{ name: 'rootstock.inspect', ...inspect }] : []),
  ].filter(({ port }) => port !== 0);
  return listeners.flatMap((first, index) =>
    listeners
      .slice(index + 1)
      .filter((second) => second.port === first.port && overlap(first.ip, second.ip))
      .map((second) => ({
        keys: [`${first.name}.port`, `${second.name}.port`] as const,
        text: `and ${second.name}.port are both ${first.port}`,
      })),
  );
}

/** `0.0.0.0`, `::` and their longer spellings: a listener there takes the port of every address. */
const EVERY_ADDRESS = /^[0:.]+$/;

const overlap = (first: string, second: string): boolean =>
  first === second || EVERY_ADDRESS.test(first) || EVERY_ADDRESS.test(second);

/** A saved window that sees fewer updates runs out between two of them. */
const UPDATES_PER_SAVE_MIN = 10;

function tsoIntervals({ rootstock: { tso } }: Config): Contradiction[] {
  if (tso.saveInterval >= UPDATES_PER_SAVE_MIN * tso.updateInterval) return [];
  const keys = ['rootstock.tso.saveInterval', 'rootstock.tso.updateInterval'] as const;
  return [{ keys, text: `must be at least ${UPDATES_PER_SAVE_MIN} times ${keys[1]}` }];
}
