import { describe, expect, it } from 'vitest';
import { planDropCollection } from '../../../../src/root/ddl/plans/drop-collection.js';
import { aDrop, aStamp, catalogOf, RULES } from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';

const KEY = 'rootstock.deleteProtection.enabled';

describe('a collection protected against deletion', () => {
  const drop = (value: string) => {
    const record = aRecord({ name: 'c', properties: [{ key: KEY, value }] });
    return planDropCollection(catalogOf([record]), aDrop('c'), RULES, aStamp());
  };

  it('refuses its drop and says how to lift it', () => {
    for (const value of ['true', 'True']) {
      expect(() => drop(value)).toThrow(
        expect.objectContaining({
          code: 65535,
          message:
            `deletion of collection[c] is refused: ${KEY} is set; ` +
            'set it to false or delete the key first',
        }),
      );
    }
  });

  it('is dropped once the protection is off', () => {
    expect(drop('false').kind).toBe('commit');
  });
});
