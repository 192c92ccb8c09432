import { fromPromise } from 'xstate';

/**
 * Work a machine needs and `src/` provides. Left unfilled it rejects, so a machine file opens in
 * the editor and runs in a model-based test with nothing else present.
 */
export const hole = <Output, Input>(name: string) =>
  fromPromise<Output, Input>(() => Promise.reject(new Error(`actor "${name}" was not provided`)));
