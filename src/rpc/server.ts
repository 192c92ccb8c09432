import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { CoordError } from '../domain/errors.js';
import { addHealth, type Health } from './health.js';
import { limitPieces } from './piece-limit.js';
import { addReflection } from './reflection.js';
import { type BytesHandler, unimplementedHandlers } from './unimplemented.js';

/** One gRPC service and the handlers of the methods that are built. */
export interface ServiceBinding {
  /** e.g. `milvus.proto.rootcoord.RootCoord`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  /** By method key; every method left out answers "unimplemented". */
  readonly handlers: Readonly<Record<string, BytesHandler>>;
}

export interface ServerOptions {
  readonly ip: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly receiveBytesMax: number;
  readonly sendBytesMax: number;
  readonly services: readonly ServiceBinding[];
}

export interface RunningServer {
  readonly port: number;
  /** Tells load balancers and watchers whether requests are served. */
  setServing(serving: boolean): void;
  /** Lets calls under way finish, then closes; past the deadline they are cut. */
  drain(deadlineMs: number): Promise<void>;
}

/** Bytes in flight per connection; larger replies arrive twice as fast with it than by default. */
const FLOW_CONTROL_WINDOW_BYTES = 8 * 1024 * 1024;
/**
 * Requests one connection may have open at once; RFC 9113 wants no fewer. Clients keep more to
 * themselves, where they cost nobody anything: all that arrive together take one turn of the loop.
 */
const CONCURRENT_STREAMS_MAX = 100;

/** Starts a gRPC server with health checking and reflection. @throws CoordError port in use. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = new Server({
    'grpc.max_receive_message_length': options.receiveBytesMax,
    'grpc.max_send_message_length': options.sendBytesMax,
    'grpc.max_concurrent_streams': CONCURRENT_STREAMS_MAX,
    'grpc-node.flow_control_window': FLOW_CONTROL_WINDOW_BYTES,
    'grpc.enable_channelz': 0,
    interceptors: [limitPieces(options.receiveBytesMax)],
  });
  for (const { definition, handlers } of options.services) {
    const unbuilt = unimplementedHandlers(definition, new Set(Object.keys(handlers)));
    server.addService(asBytes(definition), { ...unbuilt, ...handlers });
  }
  const names = options.services.map(({ name }) => name);
  addReflection(server, names);
  const health = addHealth(server);
  const port = await bind(server, options);
  return {
    port,
    setServing: (serving) => setServing(health, names, serving),
    drain: (deadlineMs) => drain(server, address(options.ip, port), deadlineMs),
  };
}

/** The same methods with codecs that pass bytes through: decoding happens behind the guard. */
function asBytes(definition: ServiceDefinition): ServiceDefinition {
  const pass = (bytes: Buffer) => bytes;
  const raw = {
    requestSerialize: pass,
    requestDeserialize: pass,
    responseSerialize: pass,
    responseDeserialize: pass,
  };
  return Object.fromEntries(
    Object.entries(definition).map(([key, method]) => [key, { ...method, ...raw }]),
  );
}

function bind(server: Server, { ip, port }: ServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address(ip, port), ServerCredentials.createInsecure(), (error, bound) => {
      if (!error) return resolve(bound);
      const reason = `cannot listen on ${address(ip, port)}: ${error.message}`;
      reject(new CoordError('ServiceUnavailable', reason, { cause: error }));
    });
  });
}

const address = (ip: string, port: number): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;

function setServing(health: Health, services: readonly string[], serving: boolean): void {
  for (const service of ['', ...services]) health.setServing(service, serving);
}

/**
 * The deadline is gRPC's own `drain`: without channelz its `forceShutdown` knows of no connection
 * and cuts none. It has to come first, it overlooks connections that are closing already.
 */
function drain(server: Server, boundAddress: string, deadlineMs: number): Promise<void> {
  server.drain(boundAddress, deadlineMs);
  return new Promise((resolve) => server.tryShutdown(() => resolve()));
}
