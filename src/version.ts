/** The release of Rootstock, and the Milvus era whose calls and answers it speaks. */
const RELEASE = '0.1.0';
const SPEAKS_MILVUS = '2.6.0';

/** What clients are told by Connect and GetVersion. */
export const version = {
  buildTag: `${SPEAKS_MILVUS}-rootstock-${RELEASE}`,
  release: RELEASE,
  runtime: `node ${process.versions.node}`,
};
