import { describe, expect, it } from 'vitest';
import {
  judgeName,
  type NameOperation,
  type NameState,
  possibleStates,
  type Sighting,
  type TimedOperation,
  UNUSED_NAME,
} from '../../kit/crash/name-history.js';
import { Violation } from '../../kit/crash/violation.js';

const NEVER = Number.POSITIVE_INFINITY;

const at = (startedAt: number, endedAt: number, operation: NameOperation): TimedOperation => ({
  operation,
  startedAt,
  endedAt,
});

const created = (shape = 'a'): NameOperation => ({ kind: 'create', shape, outcome: 'done' });
const refused = (shape = 'a'): NameOperation => ({ kind: 'create', shape, outcome: 'refused' });
const maybeCreated = (shape = 'a'): NameOperation => ({
  kind: 'create',
  shape,
  outcome: 'unanswered',
});
const dropped: NameOperation = { kind: 'drop', outcome: 'done' };
const maybeDropped: NameOperation = { kind: 'drop', outcome: 'unanswered' };
const saw = (found: Sighting | undefined): NameOperation => ({ kind: 'read', found });

const present = (id: bigint, shape = 'a'): NameState => ({ shape, id, lastId: id });

const shapesAfter = (initial: NameState, calls: TimedOperation[]) =>
  possibleStates([initial], calls).map(({ shape }) => shape);

describe('what may stand under a name', () => {
  it('is exactly what was acknowledged, when every call was', () => {
    expect(shapesAfter(UNUSED_NAME, [at(1, 2, created())])).toEqual(['a']);
    expect(shapesAfter(UNUSED_NAME, [at(1, 2, created()), at(3, 4, dropped)])).toEqual([undefined]);
  });

  it('is either outcome after a call without an answer', () => {
    expect(shapesAfter(UNUSED_NAME, [at(1, NEVER, maybeCreated())]).sort()).toEqual([
      'a',
      undefined,
    ]);
    expect(shapesAfter(present(7n), [at(1, NEVER, maybeDropped)]).sort()).toEqual(['a', undefined]);
  });

  it('is either outcome of two calls that overlap', () => {
    const calls = [at(1, 4, created()), at(2, 3, dropped)];
    expect(shapesAfter(UNUSED_NAME, calls).sort()).toEqual(['a', undefined]);
  });

  it('is no outcome at all of a call that would have had to run before its start', () => {
    const calls = [at(1, 2, saw({})), at(3, NEVER, maybeCreated())];
    expect(possibleStates([UNUSED_NAME], calls)).toEqual([]);
  });
});

describe('an impossible history', () => {
  const impossible: [string, NameState, TimedOperation[]][] = [
    ['a create is lost', UNUSED_NAME, [at(1, 2, created()), at(3, 4, saw(undefined))]],
    ['a drop is lost', present(7n), [at(1, 2, dropped), at(3, 4, saw({}))]],
    ['a collection appears by itself', UNUSED_NAME, [at(1, 2, saw({}))]],
    ['a collection vanishes by itself', present(7n), [at(1, 2, saw(undefined))]],
    ['a survivor gets another id', present(7n), [at(1, 2, saw({ id: 8n }))]],
    ['a survivor gets another definition', present(7n), [at(1, 2, saw({ shape: 'b' }))]],
    [
      'a new collection gets the id of an old one',
      present(7n),
      [at(1, 2, dropped), at(3, 4, created()), at(5, 6, saw({ id: 7n }))],
    ],
    ['a second definition is accepted', present(7n), [at(1, 2, created('b'))]],
    ['a free name is refused', UNUSED_NAME, [at(1, 2, refused('b'))]],
    ['a repeat of the same definition is refused', present(7n), [at(1, 2, refused('a'))]],
    [
      'two readers, one after the other, see a drop and then not',
      present(7n),
      [at(1, 9, dropped), at(2, 3, saw(undefined)), at(4, 5, saw({ id: 7n }))],
    ],
    [
      'a call without an answer happens twice',
      UNUSED_NAME,
      [
        at(1, NEVER, maybeCreated()),
        at(2, 3, saw({ id: 7n })),
        at(4, 5, dropped),
        at(6, 7, saw({ id: 8n })),
      ],
    ],
  ];

  it.each(impossible)('is found: %s', (_what, initial, calls) => {
    expect(possibleStates([initial], calls)).toEqual([]);
    expect(() => judgeName('books', [initial], calls)).toThrow(Violation);
  });

  it('is not seen where overlapping calls explain the answers', () => {
    const calls = [
      at(1, 9, dropped),
      at(2, 3, saw({ id: 7n })),
      at(4, 5, saw(undefined)),
      at(6, 12, created('b')),
      at(7, 8, refused('c')),
      at(10, 11, saw({ id: 9n, shape: 'b' })),
    ];
    expect(shapesAfter(present(7n), calls)).toEqual(['b']);
  });
});
