import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';

/** A real gRPC server on a free port of this machine. */
export interface LoopbackServer {
  /** `127.0.0.1:<port>`, for plaintext clients. */
  readonly address: string;
  close(): void;
}

/** Starts a server with what `register` adds to it, at a free port unless one is said. */
export async function startLoopbackServer(
  register: (server: Server) => void,
  port = 0,
): Promise<LoopbackServer> {
  // Without channelz grpc-js loses track of its sessions, and no shutdown would end them.
  const server = new Server();
  register(server);
  const taken = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${taken}`, close: () => server.forceShutdown() };
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
