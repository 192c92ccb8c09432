import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { messageDescriptor } from './descriptors.js';

/**
 * What a length-delimited occurrence of a field carries: text, packed numbers of one width, or
 * nothing to look into (bytes, and singular numbers that came with a foreign wire type).
 */
export type Payload = 'text' | 'varints' | 'fixed32s' | 'fixed64s' | 'opaque';

/** A declared field, as much of it as the wire shows. `name` is `<Message>.<field>`. */
export type FieldShape =
  | { readonly name: string; readonly payload: Payload }
  | { readonly name: string; readonly payload: 'message'; readonly inner: () => MessageShape };

/** The declared fields of a message, each at the index of its number. */
export interface MessageShape {
  readonly name: string;
  readonly fields: readonly (FieldShape | undefined)[];
}

const lazily = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const shapes = new Map<string, MessageShape>();

function packedPayload(scalar: ScalarType | undefined): Payload {
  switch (scalar) {
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
    case ScalarType.FLOAT:
      return 'fixed32s';
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
    case ScalarType.DOUBLE:
      return 'fixed64s';
    case ScalarType.BYTES:
      return 'opaque';
    default:
      return 'varints';
  }
}

const singularPayload = (scalar: ScalarType | undefined): Payload =>
  scalar === ScalarType.STRING ? 'text' : 'opaque';

/** A map travels as repeated entries: messages with the key at 1 and the value at 2. */
function entryShape(field: DescField & { readonly fieldKind: 'map' }, name: string): MessageShape {
  const key: FieldShape = { name: `key of ${name}`, payload: singularPayload(field.mapKey) };
  return { name, fields: [undefined, key, valueShape(name, field.message, field.scalar)] };
}

function valueShape(
  name: string,
  message: DescMessage | undefined,
  scalar: ScalarType | undefined,
): FieldShape {
  if (message === undefined) return { name, payload: singularPayload(scalar) };
  return { name, payload: 'message', inner: lazily(() => shapeOfDescriptor(message)) };
}

function fieldShape(field: DescField): FieldShape {
  const name = `${field.parent.name}.${field.name}`;
  if (field.fieldKind === 'map') {
    return { name, payload: 'message', inner: lazily(() => entryShape(field, name)) };
  }
  const isPackable = field.fieldKind === 'list' && field.scalar !== ScalarType.STRING;
  if (isPackable && field.message === undefined) {
    return { name, payload: packedPayload(field.scalar) };
  }
  return valueShape(name, field.message, field.scalar);
}

function shapeOfDescriptor(message: DescMessage): MessageShape {
  const known = shapes.get(message.typeName);
  if (known !== undefined) return known;
  const fields: (FieldShape | undefined)[] = [];
  for (const field of message.fields) fields[field.number] = fieldShape(field);
  const shape = { name: message.name, fields };
  shapes.set(message.typeName, shape);
  return shape;
}

/** Shape of the message of this full name; made once, its inner messages when first met. */
export const shapeOf = (fullName: string): MessageShape =>
  shapes.get(fullName) ?? shapeOfDescriptor(messageDescriptor(fullName));
