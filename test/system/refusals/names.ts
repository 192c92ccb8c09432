import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { collectionOf, textField } from '../../kit/sdk-collections.js';
import { BAD_FIELD_NAME, type CreateRefusal, ILLEGAL_ARGUMENT, plain, refused } from './row.js';

const badName = (title: string, name: string, rule: string): CreateRefusal => ({
  title,
  request: collectionOf(name),
  codes: ILLEGAL_ARGUMENT,
  reason: `Invalid collection name: ${name}.  ${rule}: invalid parameter`,
});

const FIRST_OF_COLLECTION =
  'the first character of a collection name must be an underscore or letter';
const REST_OF_COLLECTION = 'collection name can only contain numbers, letters and underscores';

const badField = (title: string, name: string, rule: string): CreateRefusal =>
  refused(
    title,
    [textField(name)],
    [BAD_FIELD_NAME, `Invalid field name: ${name}. ${rule}: field name invalid[field=${name}]`],
  );

const FIRST_OF_FIELD = 'The first character of a field name must be an underscore or letter.';
const REST_OF_FIELD = 'Field name can only contain numbers, letters, and underscores.';

const number = (name: string): FieldType => ({ name, data_type: DataType.Int32 });

const systemName = (name: string): CreateRefusal =>
  refused(
    `a field named ${name}, which the server keeps for itself`,
    [number(name)],
    [
      ILLEGAL_ARGUMENT,
      'schema contains system field: RowID, Timestamp, $meta: invalid parameter' +
        "[expected=schema don't contains system field][actual=contains]",
    ],
  );

/** Names of collections and fields (facts/rootcoord §19.1). */
export const nameRefusals: readonly CreateRefusal[] = [
  {
    title: 'a collection name of white space',
    request: collectionOf(' \t'),
    codes: ILLEGAL_ARGUMENT,
    reason: 'collection name should not be empty: invalid parameter',
  },
  badName('a collection name with a digit first', '1st', FIRST_OF_COLLECTION),
  badName('a collection name with $ first', '$meta', FIRST_OF_COLLECTION),
  badName('a collection name of foreign letters', 'имя', FIRST_OF_COLLECTION),
  badName('a collection name with a hyphen', 'a-b', REST_OF_COLLECTION),
  badName('a collection name with a space inside', 'a b', REST_OF_COLLECTION),
  badName('a collection name with a foreign letter inside', 'aé', REST_OF_COLLECTION),
  badName(
    'a collection name of 256 characters',
    'n'.repeat(256),
    'the length of a collection name must be less than 255 characters',
  ),
  {
    title: 'a collection name of 100 000 characters, which does not come back whole',
    request: collectionOf('n'.repeat(100_000)),
    codes: ILLEGAL_ARGUMENT,
    reason:
      `Invalid collection name: ${'n'.repeat(300)}…(100000 characters).  ` +
      'the length of a collection name must be less than 255 characters: invalid parameter',
  },
  refused(
    'a field without a name',
    [textField('')],
    [BAD_FIELD_NAME, 'field name should not be empty: field name invalid[field=]'],
  ),
  badField('a field name with a digit first', '1st', FIRST_OF_FIELD),
  badField('a field name with $ first', '$price', FIRST_OF_FIELD),
  badField('a field name with a dot', 'a.b', REST_OF_FIELD),
  badField('a field name with space around it', ' title', FIRST_OF_FIELD),
  badField(
    'a field name of 256 characters',
    'n'.repeat(256),
    'The length of a field name must be less than 255 characters.',
  ),
  ...['like', 'and', 'TRUE', 'json_contains_any', 'ARRAY_LENGTH'].map((word) =>
    badField(`a field named ${word}, a word of filters`, word, `${word} is keyword in milvus.`),
  ),
  systemName('RowID'),
  systemName('Timestamp'),
  badField('a field named $meta', '$meta', FIRST_OF_FIELD),
  refused('two fields of one name', [textField('vector')], plain('duplicated field name')),
];
