import type { DescFile } from '@bufbuild/protobuf';
import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { status as grpcStatus } from '@grpc/grpc-js';
import {
  type ServerReflectionRequest,
  ServerReflectionResponse,
  ServerReflectionService,
} from '../gen/grpc/reflection/v1/reflection.js';
import { descriptors } from './descriptors.js';
import { guarded } from './guarded-service.js';

/** The same messages under the name that older clients ask for. */
const reflectionV1Alpha = {
  serverReflectionInfo: {
    ...ServerReflectionService.serverReflectionInfo,
    path: '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
  },
};

/** The part of a response that answers the question. */
type Answer = Partial<ServerReflectionResponse>;

const failure = (errorCode: grpcStatus, errorMessage: string): Answer => ({
  errorResponse: { errorCode, errorMessage },
});

const notFound = (what: string): Answer => failure(grpcStatus.NOT_FOUND, `${what} not found`);

function symbolFile(symbol: string): DescFile | undefined {
  const declared = descriptors().get(symbol);
  if (declared !== undefined) return declared.file;
  const dot = symbol.lastIndexOf('.');
  const service = descriptors().getService(symbol.slice(0, Math.max(dot, 0)));
  const isMethod = service?.methods.some(({ name }) => name === symbol.slice(dot + 1));
  return isMethod ? service?.file : undefined;
}

/** A file and everything it imports, each once, before the files that import it. */
function withImports(file: DescFile, seen: Set<DescFile> = new Set()): Set<DescFile> {
  if (seen.has(file)) return seen;
  for (const imported of file.dependencies) withImports(imported, seen);
  return seen.add(file);
}

const encodedFiles = new Map<DescFile, Buffer>();

function encodeFile(file: DescFile): Buffer {
  const known = encodedFiles.get(file);
  if (known !== undefined) return known;
  const bytes = Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto));
  encodedFiles.set(file, bytes);
  return bytes;
}

function filesAnswer(file: DescFile | undefined, asked: string): Answer {
  if (file === undefined) return notFound(asked);
  const fileDescriptorProto = [...withImports(file)].reverse().map(encodeFile);
  return { fileDescriptorResponse: { fileDescriptorProto } };
}

/** Nothing in `proto/` extends anything, so a known type has an empty list. */
function extensionsAnswer(typeName: string): Answer {
  if (descriptors().getMessage(typeName) === undefined) return notFound(`message ${typeName}`);
  return { allExtensionNumbersResponse: { baseTypeName: typeName, extensionNumber: [] } };
}

function answer(request: ServerReflectionRequest, serviceNames: readonly string[]): Answer {
  if (request.listServices !== undefined) {
    return { listServicesResponse: { service: serviceNames.map((name) => ({ name })) } };
  }
  if (request.fileContainingSymbol !== undefined) {
    const symbol = request.fileContainingSymbol;
    return filesAnswer(symbolFile(symbol), `symbol ${symbol}`);
  }
  if (request.fileByFilename !== undefined) {
    const path = request.fileByFilename;
    return filesAnswer(descriptors().getFile(path), `file ${path}`);
  }
  if (request.allExtensionNumbersOfType !== undefined) {
    return extensionsAnswer(request.allExtensionNumbersOfType);
  }
  if (request.fileContainingExtension !== undefined) return notFound('extension');
  return failure(grpcStatus.INVALID_ARGUMENT, 'the request asks nothing');
}

/**
 * Adds gRPC server reflection (v1 and v1alpha) to a server that is not started yet, so that
 * generic clients can list its services and learn their messages. `serviceNames` are the full
 * names the server has registered; a file is answered together with all it imports, itself first.
 */
export function addReflection(server: Server, serviceNames: readonly string[]): void {
  const serverReflectionInfo = (
    call: ServerDuplexStream<ServerReflectionRequest, ServerReflectionResponse>,
  ): void => {
    call.on('data', (request: ServerReflectionRequest) => {
      const response = ServerReflectionResponse.create({
        validHost: request.host,
        originalRequest: request,
        ...answer(request, serviceNames),
      });
      if (call.write(response)) return;
      // A client that asks faster than it reads must not fill our memory with answers.
      call.pause();
      call.once('drain', () => call.resume());
    });
    call.on('end', () => call.end());
  };
  const { path } = ServerReflectionService.serverReflectionInfo;
  server.addService(guarded(ServerReflectionService), { serverReflectionInfo });
  server.addService(
    guarded(reflectionV1Alpha, () => path),
    { serverReflectionInfo },
  );
}
