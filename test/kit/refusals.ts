import { CoordError } from '../../src/domain/errors.js';

/** The code and text of the refusal `attempt` ends in; a success or another error fails the test. */
export function refusalOf(attempt: () => unknown): { code: number; text: string } {
  try {
    attempt();
  } catch (caught) {
    if (caught instanceof CoordError) return { code: caught.code, text: caught.message };
    throw caught;
  }
  throw new Error('expected a refusal, but the input was accepted');
}
