import { describe, expect, it } from 'vitest';
import type { FieldId } from '../../../../src/domain/ids.js';
import { planCreateIndex } from '../../../../src/domain/indexes/plan-create-index.js';
import { aDefinition, anIndex } from '../../../kit/indexes.js';
import { refusalOf } from '../../../kit/refusals.js';
import { pairs } from '../../../kit/schemas.js';

const OTHER_FIELD = { fieldId: 102n as FieldId };
const autoParams = (metric: string) => pairs({ index_type: 'AUTOINDEX', metric_type: metric });

const SAME_NAME = 'CreateIndex failed: at most one distinct index is allowed per field';
const SAME_FIELD = 'CreateIndex failed: creating multiple indexes on same field is not supported';

describe('a new index', () => {
  it('is named after its field unless it has a name', () => {
    expect(planCreateIndex([], aDefinition(), 'vector')).toEqual({ kind: 'new', name: 'vector' });
    expect(planCreateIndex([], aDefinition({ name: 'mine' }), 'vector')).toEqual({
      kind: 'new',
      name: 'mine',
    });
  });

  it('of a JSON field is named after the path, too, and may stand beside one of another path', () => {
    const at = (path: string) =>
      pairs({ index_type: 'INVERTED', json_path: path, json_cast_type: 'DOUBLE' });
    const first = anIndex({ name: "json['a']", indexParams: at("['a']") });
    const second = aDefinition({ indexParams: at("['b']"), userIndexParams: at("['b']") });
    expect(planCreateIndex([first], second, 'json')).toEqual({ kind: 'new', name: "json['b']" });
  });

  it('on another field may not have the name of one', () => {
    const attempt = () =>
      planCreateIndex([anIndex()], aDefinition({ ...OTHER_FIELD, name: 'vector' }), 'other');
    expect(refusalOf(attempt)).toEqual({ code: 65535, text: SAME_NAME });
  });

  it('may not be the second of its field', () => {
    const attempt = () => planCreateIndex([anIndex()], aDefinition({ name: 'mine' }), 'vector');
    expect(refusalOf(attempt)).toEqual({ code: 65535, text: SAME_FIELD });
  });

  it.each(['typeParams', 'indexParams', 'userIndexParams'] as const)(
    'may not say one of its %s twice',
    (list) => {
      const params = [...pairs({ M: 8 }), ...pairs({ M: 8 })];
      const attempt = () => planCreateIndex([], aDefinition({ [list]: params }), 'vector');
      const text = 'duplicated index param key "M": invalid parameter';
      expect(refusalOf(attempt)).toEqual({ code: 1100, text });
    },
  );

  it('is refused past the limit of a collection', () => {
    const full = Array.from({ length: 1_024 }, (_, i) =>
      anIndex({ name: `i${i}`, fieldId: BigInt(1_000 + i) as FieldId }),
    );
    expect(refusalOf(() => planCreateIndex(full, aDefinition(), 'vector')).code).toBe(250);
    expect(planCreateIndex(full.slice(1), aDefinition(), 'vector').kind).toBe('new');
  });

  it('has a name of bounded length', () => {
    const attempt = () => planCreateIndex([], aDefinition({ name: 'x'.repeat(2_049) }), 'vector');
    expect(refusalOf(attempt).code).toBe(1100);
  });
});

describe('the same index again', () => {
  const again = (changes: Parameters<typeof aDefinition>[0], index = anIndex()) =>
    planCreateIndex([index], aDefinition(changes), 'vector');

  it.each([
    ['word for word', {}],
    ['by name', { name: 'vector' }],
    [
      'with its params in another order',
      { userIndexParams: pairs({ M: 8, metric_type: 'L2', index_type: 'HNSW' }) },
    ],
    [
      'with its params nested',
      { userIndexParams: pairs({ index_type: 'HNSW', metric_type: 'L2', params: '{"M":8}' }) },
    ],
    ['told by a coordinator that knows no user params', { userIndexParams: [] }],
  ])('%s is there already and stays as it is', (_how, changes) => {
    const plan = again(changes);
    expect(plan.kind === 'there' && plan.after === plan.before).toBe(true);
  });

  it('finds the one index of the field, whatever its name', () => {
    expect(again({}, anIndex({ name: 'named' }))).toMatchObject({ kind: 'there' });
  });

  it.each([
    ['another param', { userIndexParams: pairs({ index_type: 'HNSW', metric_type: 'L2', M: 9 }) }],
    ['one param less', { userIndexParams: pairs({ index_type: 'HNSW', metric_type: 'L2' }) }],
    ['another dimension', { typeParams: pairs({ dim: 9 }) }],
  ])('with %s is refused', (_what, changes) => {
    expect(refusalOf(() => again(changes))).toEqual({ code: 65535, text: SAME_NAME });
  });

  it('changes its memory-mapping, and nothing else', () => {
    const mapped = (value: string) =>
      pairs({ index_type: 'HNSW', metric_type: 'L2', M: 8, 'mmap.enabled': value });
    const plan = again({ indexParams: mapped('true'), userIndexParams: mapped('true') });
    expect(plan).toEqual({
      kind: 'there',
      before: anIndex(),
      after: anIndex({ indexParams: mapped('true'), userIndexParams: mapped('true') }),
    });
    if (plan.kind !== 'there') return;
    const back = again({}, plan.after);
    expect(back.kind === 'there' && back.after === plan.after).toBe(true);
  });

  it('keeps the metric of an automatic index when it says none, and not when it says another', () => {
    const index = anIndex({ isAutoIndex: true, userIndexParams: autoParams('L2') });
    const cosine = { isAutoIndex: true, userIndexParams: autoParams('COSINE') };
    const plan = again({ ...cosine, isMetricGiven: false }, index);
    expect(plan).toEqual({ kind: 'there', before: index, after: index });
    expect(refusalOf(() => again({ ...cosine, isMetricGiven: true }, index)).text).toBe(SAME_NAME);
  });
});
