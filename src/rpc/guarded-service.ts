import type { ServiceDefinition } from '@grpc/grpc-js';
import { rpcAt } from './descriptors.js';
import { guardFor, type WireLimits } from './wire-guard.js';

/** Health checks and reflection ask by name; no name of ours has 100 characters. */
const QUESTION_LIMITS: WireLimits = { elementsMax: 64, depthMax: 4, stringBytesMax: 1_024 };

/**
 * The same service with every request under the guard, for services that ask short questions and
 * have no Status in their answers. gRPC itself answers INTERNAL for what the guard refuses.
 *
 * @param pathOf names the method whose messages a method has, when that is not its own path.
 */
export function guarded(
  definition: ServiceDefinition,
  pathOf: (path: string) => string = (path) => path,
): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(definition).map(([key, method]) => {
      const guard = guardFor(rpcAt(pathOf(method.path)).input.typeName, QUESTION_LIMITS);
      const requestDeserialize = (bytes: Buffer) => {
        guard(bytes);
        return method.requestDeserialize(bytes);
      };
      return [key, { ...method, requestDeserialize }];
    }),
  );
}
