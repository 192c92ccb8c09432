import {
  type ControlServiceClient,
  ListDroppedRequest,
  type ListDroppedResponse,
  UndropCollectionRequest,
  UndropPartitionRequest,
  type UndropResponse,
} from '../../src/gen/control.js';
import { answerOf } from './answer-of.js';

/** Calls that take drops back. */

export const undropCollection = (
  control: ControlServiceClient,
  request: Parameters<typeof UndropCollectionRequest.create>[0],
) =>
  answerOf<UndropResponse>((done) =>
    control.undropCollection(UndropCollectionRequest.create(request), done),
  );

export const undropPartition = (
  control: ControlServiceClient,
  request: Parameters<typeof UndropPartitionRequest.create>[0],
) =>
  answerOf<UndropResponse>((done) =>
    control.undropPartition(UndropPartitionRequest.create(request), done),
  );

export const listDropped = (control: ControlServiceClient, dbName = '') =>
  answerOf<ListDroppedResponse>((done) =>
    control.listDropped(ListDroppedRequest.create({ dbName }), done),
  );
