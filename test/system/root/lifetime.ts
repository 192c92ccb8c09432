import { credentials, status as rpcStatus, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { ErrorCode, StateCode, type Status } from '../../../src/gen/common.js';
import {
  type ComponentStates,
  GetComponentStatesRequest,
  MilvusServiceClient,
} from '../../../src/gen/milvus.js';
import { RootCoordClient } from '../../../src/gen/root_coord.js';
import { answerOf } from '../../kit/answer-of.js';
import { eventually } from '../../kit/eventually.js';
import {
  allocateIds,
  allocateTimestamps,
  createAtRoot,
  describeAtRoot,
  dropAtRoot,
  namesAtRoot,
} from '../../kit/root-calls.js';
import { StandbyServer } from '../../kit/standby-server.js';
import type { StoreKind } from '../../kit/stores.js';
import { SuiteServer } from '../../kit/suite-server.js';

const OK = { code: 0, errorCode: ErrorCode.Success };
/** More than one batch of the DDL supervisor, so that many wait when the first has its answer. */
const CREATES = 300;
/** What gRPC says of a call that was still waiting in the client when the server stopped listening. */
const NEVER_SENT = 'No connection established';

const isSuccess = (answer: Status | typeof NEVER_SENT | undefined): boolean =>
  typeof answer === 'object' && answer.code === 0;

/** Any other failure of a call, a connection lost under it among them, is the test's failure. */
function toldNeverSent(error: ServiceError): typeof NEVER_SENT {
  const neverSent = error.code === rpcStatus.UNAVAILABLE && error.details.startsWith(NEVER_SENT);
  if (neverSent) return NEVER_SENT;
  throw error;
}

/** From start to end of the process, and over to the next one. */
export function lifetimeSuite(kind: StoreKind): void {
  describe('the process', () => {
    const server = SuiteServer.on(kind);

    /** Everything a reader can learn about every collection. */
    const everything = async () => {
      const names = await namesAtRoot(server.root);
      return Promise.all(names.map((name) => describeAtRoot(server.root, name)));
    };

    const blocks = async () => {
      const { timestamp } = await allocateTimestamps(server.root, 100);
      const { ID } = await allocateIds(server.root, 100);
      return { timestamp, ID };
    };

    it('keeps everything over a kill, and hands out no timestamp or id again', async () => {
      for (const name of ['kept', 'lost', 'left']) await createAtRoot(server.root, name);
      await dropAtRoot(server.root, 'lost');
      const before = await everything();
      expect(before.map(({ collectionName }) => collectionName)).toEqual(['kept', 'left']);
      const first = await blocks();
      await server.kill();
      await server.start();
      expect(await everything()).toEqual(before);
      const second = await blocks();
      expect(second.timestamp).toBeGreaterThanOrEqual(first.timestamp + 100n);
      expect(second.ID).toBeGreaterThanOrEqual(first.ID + 100n);
    });

    it('finishes the DDL it accepted before SIGTERM ends it with 0, and keeps it', async () => {
      const before = await everything();
      const names = Array.from({ length: CREATES }, (_, i) => `drained_${i}`);
      const answers: (Status | typeof NEVER_SENT)[] = [];
      const asked = names.map(async (name, i) => {
        answers[i] = await createAtRoot(server.root, name).catch(toldNeverSent);
      });
      await Promise.race(asked);
      const answeredBefore = answers.filter(Boolean).length;
      const { process } = server;
      expect(await process.terminate()).toBe(0);
      await Promise.all(asked);
      expect(answeredBefore).toBeLessThan(CREATES);
      const heard = answers.filter((answer) => answer !== NEVER_SENT);
      const created = names.filter((_, i) => isSuccess(answers[i]));
      expect(created.length).toBeGreaterThan(answeredBefore);
      const refused = heard.filter(({ code }) => code !== 0);
      for (const answer of refused) expect(answer).toMatchObject({ code: 1, retriable: true });
      expect(process.log.map(({ msg }) => msg)).toEqual(
        expect.arrayContaining(['stopping', 'ended']),
      );
      await server.stop();
      await server.start();
      const there = await namesAtRoot(server.root);
      expect(there.filter((name) => name.startsWith('drained_'))).toEqual(created.sort());
      expect((await everything()).slice(-before.length)).toEqual(before);
    });

    it('stands by while another one holds the store, and takes over when that one ends', async () => {
      const second = await StandbyServer.start(server.store);
      expect(second.log.find(({ msg }) => msg.startsWith('standing by'))).toMatchObject({
        level: 'info',
        msg: 'standing by, the store is held',
        holder: expect.stringContaining(String(server.process.pid)),
      });
      expect(await (await fetch(second.healthUrl)).text()).toBe('Standby');
      const root = new RootCoordClient(second.rootCoordAddress, credentials.createInsecure());
      const milvus = new MilvusServiceClient(second.address, credentials.createInsecure());
      const stateOf = async () => {
        const request = GetComponentStatesRequest.create();
        const { state } = await answerOf<ComponentStates>((done) =>
          milvus.getComponentStates(request, done),
        );
        return state?.stateCode;
      };
      expect(await stateOf()).toBe(StateCode.StandBy);
      expect(await createAtRoot(root, 'too_early')).toMatchObject({
        code: 1,
        errorCode: ErrorCode.NotReadyServe,
        retriable: true,
        reason: 'service not ready[rootcoord=-1]: Standby',
      });
      const before = await namesAtRoot(server.root);
      await server.stop();
      await eventually(stateOf, (state) => state === StateCode.Healthy);
      expect(await namesAtRoot(root)).toEqual(before);
      expect(await createAtRoot(root, 'in_time')).toMatchObject(OK);
      root.close();
      milvus.close();
      await second.terminate();
    });
  });
}
