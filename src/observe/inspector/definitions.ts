import { Actor, type ActorRefLike } from 'xstate';

/** A picture larger than this is not sent: cutting it would draw a machine that does not exist. */
const DEFINITION_CHARS_MAX = 256 * 1024;

/** Definitions as JSON string literals, by machine config; actors of one machine share theirs. */
const known = new WeakMap<object, string | undefined>();

/** The id its creator gave the actor; its session id when none was given. */
export const actorIdOf = (actorRef: ActorRefLike): string =>
  actorRef instanceof Actor ? actorRef.id : actorRef.sessionId;

export const parentIdOf = (actorRef: ActorRefLike): string | undefined =>
  actorRef instanceof Actor ? actorRef._parent?.sessionId : undefined;

/** The actor's id; its machine's when nobody gave it one. */
export function nameOf(actorRef: ActorRefLike): string {
  const id = actorIdOf(actorRef);
  if (id !== actorRef.sessionId) return id;
  const config = machineConfig(actorRef);
  return config !== undefined && 'id' in config && typeof config.id === 'string' ? config.id : id;
}

/**
 * The actor's machine as JSON text, itself quoted as a JSON string, the way the protocol carries
 * it; an actor without a machine is a box with its name.
 */
export function quotedDefinitionOf(actorRef: ActorRefLike): string {
  const config = machineConfig(actorRef);
  const quoted = config === undefined ? undefined : quotedDefinition(config);
  return quoted ?? JSON.stringify(JSON.stringify({ id: nameOf(actorRef) }));
}

function machineConfig(actorRef: ActorRefLike): object | undefined {
  if (!(actorRef instanceof Actor)) return undefined;
  const config: unknown = actorRef.logic.config;
  return typeof config === 'object' && config !== null ? config : undefined;
}

function quotedDefinition(config: object): string | undefined {
  if (known.has(config)) return known.get(config);
  const text = toJson(config);
  const isSent = text !== undefined && text.length <= DEFINITION_CHARS_MAX;
  const quoted = isSent ? JSON.stringify(text) : undefined;
  known.set(config, quoted);
  return quoted;
}

/** Machines are written by us, but one that refers to itself must not end its own actor. */
function toJson(config: object): string | undefined {
  try {
    return JSON.stringify(config, showNamed);
  } catch {
    return undefined;
  }
}

/** Functions by name, as the inspector draws them; bigint as exact text. */
function showNamed(_key: string, value: unknown): unknown {
  if (typeof value === 'function') return { type: value.name };
  return typeof value === 'bigint' ? value.toString() : value;
}
