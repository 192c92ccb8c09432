import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';

/** An RPC that answers every request with the same bytes; tuned like Rootstock's own servers. */
const reply = Buffer.alloc(Number(process.argv[2] ?? 0), 7);
const pass = (bytes: Buffer) => bytes;

const server = new Server({
  'grpc.enable_channelz': 0,
  'grpc-node.flow_control_window': 8 * 1024 * 1024,
});
server.addService(
  {
    echo: {
      path: '/rootstock.bench.Echo/Echo',
      requestStream: false,
      responseStream: false,
      requestSerialize: pass,
      requestDeserialize: pass,
      responseSerialize: pass,
      responseDeserialize: pass,
    },
  },
  {
    echo: (_call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
      callback(null, reply),
  },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send?.({ port });
});
