import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';

/** A real gRPC server on a free port of this machine. */
export interface LoopbackServer {
  /** `127.0.0.1:<port>`, for plaintext clients. */
  readonly address: string;
  close(): void;
}

/** Starts a server with what `register` adds to it. */
export async function startLoopbackServer(
  register: (server: Server) => void,
): Promise<LoopbackServer> {
  const server = new Server({ 'grpc.enable_channelz': 0 });
  register(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

const identity = (bytes: Buffer): Buffer => bytes;

/** The same service, with handlers that see and answer raw bytes. */
export const rawDefinition = (definition: ServiceDefinition): ServiceDefinition =>
  Object.fromEntries(
    Object.entries(definition).map(([key, method]) => [
      key,
      { ...method, requestDeserialize: identity, responseSerialize: identity },
    ]),
  );
