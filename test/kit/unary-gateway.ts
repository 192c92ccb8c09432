import {
  Client,
  credentials,
  Metadata,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { type LoopbackServer, rawDefinition, startLoopbackServer } from './loopback-server.js';

/** A server that restarts is found again at once; grpc-js would wait a second and longer. */
const RECONNECT = {
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 200,
};

const identity = (bytes: Buffer): Buffer => bytes;

/**
 * A door to a real server that has these unary calls and no other, as servers had before ours: it
 * hands on requests, answers and failures as they are.
 */
export async function startUnaryGateway(
  address: string,
  definition: ServiceDefinition,
): Promise<LoopbackServer> {
  const client = new Client(address, credentials.createInsecure(), RECONNECT);
  const handlers = Object.entries(definition).map(([name, { path }]) => {
    const handOn = ({ request }: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
      client.makeUnaryRequest(path, identity, identity, request, new Metadata(), answer);
    return [name, handOn];
  });
  const server = await startLoopbackServer((bare) =>
    bare.addService(rawDefinition(definition), Object.fromEntries(handlers)),
  );
  const close = () => {
    server.close();
    client.close();
  };
  return { address: server.address, close };
}
