import type { ServiceError } from '@grpc/grpc-js';

type Done<T> = (error: ServiceError | null, response: T) => void;

/** The response of one call of a generated client; rejects with the gRPC error. */
export const answerOf = <T>(call: (done: Done<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    call((error, response) => (error === null ? resolve(response) : reject(error)));
  });
