import type { ResStatus } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { ErrorCode, type Status } from '../../src/gen/common.js';
import { CreateCollectionRequest } from '../../src/gen/milvus.js';
import { answerOf } from '../kit/answer-of.js';
import { thrownBy } from '../kit/sdk-collections.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { defaultRefusals } from './refusals/defaults.js';
import { functionRefusals } from './refusals/functions.js';
import { nameRefusals } from './refusals/names.js';
import { propertyRefusals } from './refusals/properties.js';
import { readRefusals } from './refusals/reads.js';
import { rawRefusals } from './refusals/requests.js';
import { roleRefusals } from './refusals/roles.js';
import type { Codes } from './refusals/row.js';
import { typeRefusals } from './refusals/types.js';

const sdkRefusals = [
  ...nameRefusals,
  ...roleRefusals,
  ...typeRefusals,
  ...defaultRefusals,
  ...functionRefusals,
  ...propertyRefusals,
];

/** How many the project promises; each is refused for a reason of its own. */
const REFUSALS_MIN = 60;

/** A status of the generated client in the words of the SDK. */
function inSdkWords(status: Status | undefined): ResStatus | undefined {
  if (!status) return undefined;
  const { errorCode, code, reason, detail, retriable, extraInfo } = status;
  const error_code = Object.entries(ErrorCode).find(([, each]) => each === errorCode)?.[0] ?? '';
  return { error_code, code, reason, detail, retriable, extra_info: extraInfo };
}

/** Input errors say so, so that clients do not retry them (facts/rootcoord §2.1). */
const INPUT_CODES: ReadonlySet<number> = new Set([100, 105, 107, 800, 1100]);

const refusalOf = ({ code, error_code }: Codes, reason: string) => ({
  code,
  error_code,
  reason,
  detail: reason,
  retriable: false,
  extra_info: INPUT_CODES.has(code) ? { is_input_error: 'true' } : {},
});

it(`at least ${REFUSALS_MIN} bad creates are refused, each for its own reason`, () => {
  const reasons = new Set([...sdkRefusals, ...rawRefusals].map(({ reason }) => reason));
  expect(reasons.size).toBeGreaterThanOrEqual(REFUSALS_MIN);
});

for (const kind of stores) {
  describe(`bad input, metadata in ${kind.name}`, () => {
    const server = SuiteServer.on(kind);

    const expectNothingCreated = async () => {
      const { data } = await server.sdk.showCollections();
      expect(data).toEqual([]);
    };

    for (const { title, request, codes, reason } of sdkRefusals) {
      it(`is refused: ${title}`, async () => {
        const thrown = await thrownBy(server.sdk.createCollection(request));
        expect(thrown).toEqual(refusalOf(codes, reason));
        await expectNothingCreated();
      });
    }

    for (const { title, request, codes, reason } of rawRefusals) {
      it(`is refused past the SDK: ${title}`, async () => {
        const status = await answerOf<Status>((done) =>
          server.milvus.createCollection(CreateCollectionRequest.create(request), done),
        );
        expect(inSdkWords(status)).toEqual(refusalOf(codes, reason));
        await expectNothingCreated();
      });
    }

    for (const { title, ask, codes, reason } of readRefusals) {
      it(`is refused: ${title}`, async () => {
        expect(inSdkWords(await ask(server.milvus))).toEqual(refusalOf(codes, reason));
      });
    }

    it('leaves nothing behind in the store either', async () => {
      await server.stop();
      await server.start();
      const loaded = server.process.log.find(({ msg }) => msg === 'catalog loaded');
      expect(loaded).toMatchObject({ collections: 0 });
      expect(server.process.log.filter(({ level }) => level === 'warn')).toEqual([]);
    });
  });
}
