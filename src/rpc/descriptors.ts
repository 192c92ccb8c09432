import { readFileSync } from 'node:fs';
import type { DescMessage, DescMethod, DescService, FileRegistry } from '@bufbuild/protobuf';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { invariant } from '../domain/invariant.js';

let loaded: FileRegistry | undefined;

/**
 * Every message, enum and service of `proto/`, read once from the descriptor set that lies beside
 * the generated code. The first call takes tens of milliseconds: make it while starting.
 */
export function descriptors(): FileRegistry {
  if (loaded === undefined) {
    const bytes = readFileSync(new URL('../gen/descriptors.binpb', import.meta.url));
    loaded = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  }
  return loaded;
}

/** The message of this full name, such as `milvus.proto.common.Status`; it must exist. */
export function messageDescriptor(fullName: string): DescMessage {
  const found = descriptors().getMessage(fullName);
  invariant(found, `proto/ declares message ${fullName}`);
  return found;
}

/** The service of this full name, such as `milvus.proto.rootcoord.RootCoord`; it must exist. */
export function serviceDescriptor(fullName: string): DescService {
  const found = descriptors().getService(fullName);
  invariant(found, `proto/ declares service ${fullName}`);
  return found;
}

/** The RPC behind a gRPC path, such as `/milvus.proto.milvus.MilvusService/Search`. */
export function rpcAt(path: string): DescMethod {
  const [, serviceName = '', rpcName] = path.split('/');
  const found = serviceDescriptor(serviceName).methods.find(({ name }) => name === rpcName);
  invariant(found, `proto/ declares ${path}`);
  return found;
}
