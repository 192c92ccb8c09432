import { type AnyMachineSnapshot, type InspectionEvent, isMachineSnapshot } from 'xstate';
import { boundedJson, type JsonLimits } from '../bounded-json.js';
import { nameOf, parentIdOf, quotedDefinitionOf } from './definitions.js';

/** The release of `@statelyai/inspect` whose three message kinds these are. */
const PROTOCOL_VERSION = '0.7.2';

/**
 * What one event or snapshot may show. Depth is the package's own default; the size keeps the
 * cost of a message, and of a thousand remembered ones, small.
 */
const VALUE_LIMITS: JsonLimits = {
  depthMax: 10,
  stringMax: 1_024,
  entriesMax: 64,
  charsMax: 16 * 1024,
};

/** A message as it goes over the wire: UTF-8 JSON, encoded once for all watchers. */
export type Message = Buffer;

type SnapshotEvent = Extract<InspectionEvent, { type: '@xstate.snapshot' }>;
type EventEvent = Extract<InspectionEvent, { type: '@xstate.event' }>;
/** Whom a message is about. */
export type Subject = Pick<SnapshotEvent, 'actorRef' | 'rootId'>;

/** Introduces an actor: its place in the tree, its picture and its state at this moment. */
export function actorMessage(subject: Subject, nowMs: number): Message {
  const { actorRef } = subject;
  const place = JSON.stringify({ name: nameOf(actorRef), parentId: parentIdOf(actorRef) });
  const definition = quotedDefinitionOf(actorRef);
  const snapshot = snapshotJson(actorRef.getSnapshot());
  const facts = `${place.slice(1, -1)},"definition":${definition},"snapshot":${snapshot}`;
  return message('@xstate.actor', facts, subject, nowMs);
}

/** An event on its way to an actor. */
export function eventMessage(inspected: EventEvent, nowMs: number): Message {
  const { sourceRef } = inspected;
  const source = sourceRef === undefined ? '' : `,"sourceId":"${sourceRef.sessionId}"`;
  const facts = `"event":${boundedJson(inspected.event, VALUE_LIMITS)}${source}`;
  return message('@xstate.event', facts, inspected, nowMs);
}

/** An actor's state after an event. */
export function snapshotMessage(inspected: Omit<SnapshotEvent, 'type'>, nowMs: number): Message {
  const event = boundedJson(inspected.event, VALUE_LIMITS);
  const facts = `"event":${event},"snapshot":${snapshotJson(inspected.snapshot)}`;
  return message('@xstate.snapshot', facts, inspected, nowMs);
}

function message(type: string, facts: string, { actorRef, rootId }: Subject, nowMs: number) {
  const who = `"sessionId":"${actorRef.sessionId}","rootId":"${rootId}"`;
  const when = `"createdAt":"${nowMs}","id":null,"_version":"${PROTOCOL_VERSION}"`;
  return Buffer.from(`{"type":"${type}",${facts},${who},${when}}`);
}

const snapshotJson = (snapshot: unknown): string =>
  boundedJson(isMachineSnapshot(snapshot) ? stateOf(snapshot) : snapshot, VALUE_LIMITS);

/** The fields of the snapshot's own `toJSON`, but state nodes of the history by id only. */
const stateOf = (snapshot: AnyMachineSnapshot) => ({
  status: snapshot.status,
  value: snapshot.value,
  context: snapshot.context,
  output: snapshot.output,
  error: snapshot.error,
  children: snapshot.children,
  tags: snapshot.tags,
  historyValue: idsByKey(snapshot.historyValue),
});

function idsByKey(nodesByKey: AnyMachineSnapshot['historyValue']): Record<string, string[]> {
  const ids: Record<string, string[]> = {};
  for (const [key, nodes] of Object.entries(nodesByKey)) ids[key] = nodes.map(({ id }) => id);
  return ids;
}
