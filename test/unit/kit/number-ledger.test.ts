import { describe, expect, it } from 'vitest';
import { NumberLedger } from '../../kit/crash/number-ledger.js';
import { Violation } from '../../kit/crash/violation.js';

describe('the ledger of numbers', () => {
  it('accepts blocks of one life in any order, and later lives above them', () => {
    const ledger = new NumberLedger('ids');
    ledger.note('a', 20n, 10n);
    ledger.note('b', 10n, 10n);
    ledger.closeLife();
    ledger.note('c', 30n);
    expect(ledger.check()).toBe(30n);
    expect(ledger.count).toBe(3);
  });

  it('finds a number that was given twice', () => {
    const ledger = new NumberLedger('ids');
    ledger.note('a', 10n, 10n);
    ledger.note('b', 19n);
    expect(() => ledger.check()).toThrow(Violation);
  });

  it('finds a number below those of an earlier life, even one that nobody had', () => {
    const ledger = new NumberLedger('ids');
    ledger.note('a', 10n);
    ledger.closeLife();
    ledger.closeLife();
    ledger.note('b', 9n);
    expect(() => ledger.closeLife()).toThrow(Violation);
  });
});
