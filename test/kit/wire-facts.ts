import { readFileSync } from 'node:fs';
import { fromBinary, isFieldSet } from '@bufbuild/protobuf';
import type {
  DescriptorProto,
  EnumDescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
  FileDescriptorSet,
  MethodDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

const PREFIX = 'milvus.proto.';

/** Name of a message, enum or service (without `milvus.proto.`) to what it holds, in .proto words. */
type Held = Readonly<Record<string, string>>;

/** The wire contract as data: everything two programs must agree on to read each other's bytes. */
export interface WireFacts {
  /** Packages the other tables speak of, without `milvus.proto.`, separated by spaces. */
  readonly packages: string;
  /** `<label> <type> <name> = <number> in <oneof>`, separated by `; `. */
  readonly messages: Held;
  readonly enums: Held;
  /** Service to RPC to `<request> -> <response>`, each with `stream` before it where it streams. */
  readonly services: Readonly<Record<string, Held>>;
  /** Message to the field numbers it must never use again. */
  readonly reserved: Held;
}

/** The contract as public sources state it. */
export const statedWireFacts = (): WireFacts =>
  JSON.parse(readFileSync(new URL('wire-facts.json', import.meta.url), 'utf8'));

/** The descriptor set the generated code was made from. */
export const readDescriptorSet = (): FileDescriptorSet =>
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL('../../src/gen/descriptors.binpb', import.meta.url)),
  );

const shortName = (fullName: string): string => fullName.replace(/^\.?milvus\.proto\./, '');

const isMapEntry = (message: DescriptorProto): boolean => message.options?.mapEntry ?? false;

function typeOf(field: FieldDescriptorProto): string {
  if (field.typeName !== '') return shortName(field.typeName);
  return FieldDescriptorProto_Type[field.type].toLowerCase();
}

function labelledTypeOf(field: FieldDescriptorProto, message: DescriptorProto): string {
  if (field.proto3Optional) return `optional ${typeOf(field)}`;
  if (field.label !== FieldDescriptorProto_Label.REPEATED) return typeOf(field);
  const entry = message.nestedType.find(
    (nested) => isMapEntry(nested) && field.typeName.endsWith(`.${message.name}.${nested.name}`),
  );
  if (entry === undefined) return `repeated ${typeOf(field)}`;
  return `map<${entry.field.map(typeOf).join(', ')}>`;
}

function fieldText(field: FieldDescriptorProto, message: DescriptorProto): string {
  const text = `${labelledTypeOf(field, message)} ${field.name} = ${field.number}`;
  const inOneof =
    !field.proto3Optional && isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex);
  return inOneof ? `${text} in ${message.oneofDecl[field.oneofIndex]?.name}` : text;
}

const streamed = (stream: boolean, typeName: string): string =>
  `${stream ? 'stream ' : ''}${shortName(typeName)}`;

const methodText = (method: MethodDescriptorProto): string =>
  `${streamed(method.clientStreaming, method.inputType)} -> ${streamed(method.serverStreaming, method.outputType)}`;

interface Draft {
  readonly messages: Record<string, string>;
  readonly enums: Record<string, string>;
  readonly services: Record<string, Held>;
  readonly reserved: Record<string, string>;
}

function addEnum(draft: Draft, scope: string, item: EnumDescriptorProto): void {
  const values = item.value.map((value) => `${value.name} = ${value.number}`);
  draft.enums[`${scope}.${item.name}`] = values.join('; ');
}

function addMessage(draft: Draft, scope: string, message: DescriptorProto): void {
  if (isMapEntry(message)) return;
  const name = `${scope}.${message.name}`;
  draft.messages[name] = message.field.map((field) => fieldText(field, message)).join('; ');
  if (message.reservedRange.length > 0) {
    const ranges = message.reservedRange.map(({ start, end }) => `${start} to ${end - 1}`);
    draft.reserved[name] = ranges.join('; ');
  }
  for (const nested of message.nestedType) addMessage(draft, name, nested);
  for (const nested of message.enumType) addEnum(draft, name, nested);
}

function addFile(draft: Draft, file: FileDescriptorProto): void {
  const scope = shortName(file.package);
  for (const message of file.messageType) addMessage(draft, scope, message);
  for (const item of file.enumType) addEnum(draft, scope, item);
  for (const service of file.service) {
    draft.services[`${scope}.${service.name}`] = Object.fromEntries(
      service.method.map((method) => [method.name, methodText(method)]),
    );
  }
}

/** What a descriptor set holds of the packages named in `packages`, in the words of the facts. */
export function describedWireFacts(set: FileDescriptorSet, packages: string): WireFacts {
  const draft: Draft = { messages: {}, enums: {}, services: {}, reserved: {} };
  const wanted = new Set(packages.split(' ').map((name) => PREFIX + name));
  for (const file of set.file) if (wanted.has(file.package)) addFile(draft, file);
  return { packages, ...draft };
}

const itemsOf = (held: string): string[] => (held === '' ? [] : held.split('; '));

function compareTables(table: string, stated: Held, described: Held): string[] {
  const found: string[] = [];
  for (const name of new Set([...Object.keys(stated), ...Object.keys(described)])) {
    const one = stated[name];
    const other = described[name];
    if (one === undefined) found.push(`${table}: ${name} is not in the facts`);
    else if (other === undefined) found.push(`${table}: ${name} is missing`);
    else {
      const [expected, actual] = [itemsOf(one), itemsOf(other)];
      for (const item of expected)
        if (!actual.includes(item)) found.push(`${name} lacks "${item}"`);
      for (const item of actual)
        if (!expected.includes(item))
          found.push(`${name} has "${item}", which is not in the facts`);
    }
  }
  return found;
}

/** Every disagreement in either direction, one sentence each; empty when the two are one contract. */
export function wireDifferences(stated: WireFacts, described: WireFacts): string[] {
  const services = new Set([...Object.keys(stated.services), ...Object.keys(described.services)]);
  return [
    ...compareTables('messages', stated.messages, described.messages),
    ...compareTables('enums', stated.enums, described.enums),
    ...compareTables('reserved', stated.reserved, described.reserved),
    ...[...services].flatMap((name) =>
      compareTables(name, stated.services[name] ?? {}, described.services[name] ?? {}),
    ),
  ];
}

const countItems = (held: Held): number =>
  Object.values(held).reduce((sum, text) => sum + itemsOf(text).length, 0);

/** How much a comparison covers. */
export const wireCounts = (facts: WireFacts) => ({
  messages: Object.keys(facts.messages).length,
  fields: countItems(facts.messages),
  enums: Object.keys(facts.enums).length,
  enumValues: countItems(facts.enums),
  services: Object.keys(facts.services).length,
  rpcs: Object.values(facts.services).reduce((sum, rpcs) => sum + Object.keys(rpcs).length, 0),
});
