import { once } from 'node:events';
import { credentials } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { ErrorCode, StateCode } from '../../../src/gen/common.js';
import {
  HealthCheckRequest,
  type HealthCheckResponse,
  HealthClient,
} from '../../../src/gen/grpc/health/v1/health.js';
import {
  ServerReflectionClient,
  ServerReflectionRequest,
  type ServerReflectionResponse,
} from '../../../src/gen/grpc/reflection/v1/reflection.js';
import {
  GetStatisticsChannelRequest,
  GetTimeTickChannelRequest,
} from '../../../src/gen/internal.js';
import {
  CheckHealthRequest,
  type CheckHealthResponse,
  type ComponentStates,
  GetComponentStatesRequest,
  type StringResponse,
} from '../../../src/gen/milvus.js';
import { answerOf } from '../../kit/answer-of.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { code: 0, errorCode: ErrorCode.Success };
const ROOT = 'milvus.proto.rootcoord.RootCoord';
const MILVUS = 'milvus.proto.milvus.MilvusService';

/** What RootCoord says about itself, and what probes and tools are told. */
export function componentsSuite(server: SuiteServer): void {
  describe('the component', () => {
    it('is a healthy rootcoord with a node id, on both services', async () => {
      const request = GetComponentStatesRequest.create();
      const states = await answerOf<ComponentStates>((done) =>
        server.root.getComponentStates(request, done),
      );
      expect(states).toMatchObject({
        status: OK,
        state: { role: 'rootcoord', stateCode: StateCode.Healthy },
      });
      expect(states.state?.nodeID).toBeGreaterThan(0n);
      expect(states.subcomponentStates).toEqual([states.state]);
      const atFront = await answerOf<ComponentStates>((done) =>
        server.milvus.getComponentStates(request, done),
      );
      expect(atFront).toEqual(states);
    });

    it('is healthy without a reason not to be', async () => {
      const request = CheckHealthRequest.create();
      const health = await answerOf<CheckHealthResponse>((done) =>
        server.root.checkHealth(request, done),
      );
      expect(health).toMatchObject({ status: OK, isHealthy: true, reasons: [] });
    });

    it('names the channels that older parts ask for', async () => {
      const ticks = await answerOf<StringResponse>((done) =>
        server.root.getTimeTickChannel(GetTimeTickChannelRequest.create(), done),
      );
      expect(ticks).toMatchObject({ status: OK, value: 'by-dev-rootcoord-timetick' });
      const statistics = await answerOf<StringResponse>((done) =>
        server.root.getStatisticsChannel(GetStatisticsChannelRequest.create(), done),
      );
      expect(statistics).toMatchObject({ status: OK, value: 'by-dev-rootcoord-statistics' });
    });
  });

  describe('probes and tools', () => {
    const addresses = () => [
      { address: server.process.address, service: MILVUS },
      { address: server.process.rootCoordAddress, service: ROOT },
    ];

    it('are told SERVING of each server and its service', async () => {
      for (const { address, service } of addresses()) {
        const client = new HealthClient(address, credentials.createInsecure());
        for (const asked of ['', service]) {
          const request = HealthCheckRequest.create({ service: asked });
          const answer = await answerOf<HealthCheckResponse>((done) => client.check(request, done));
          expect(answer.status).toBe(1);
        }
        client.close();
      }
    });

    it('find the service by reflection on each server', async () => {
      for (const { address, service } of addresses()) {
        const client = new ServerReflectionClient(address, credentials.createInsecure());
        const stream = client.serverReflectionInfo();
        stream.write(ServerReflectionRequest.create({ listServices: '' }));
        const [answer] = (await once(stream, 'data')) as [ServerReflectionResponse];
        const names = answer.listServicesResponse?.service.map(({ name }) => name);
        expect(names).toContain(service);
        stream.end();
        client.close();
      }
    });

    it('get 200 OK from /healthz', async () => {
      const { metrics } = server.process.ports;
      const answer = await fetch(`http://127.0.0.1:${metrics}/healthz`);
      expect([answer.status, await answer.text()]).toEqual([200, 'OK']);
    });
  });
}
