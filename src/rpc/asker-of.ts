import type { Asker } from '../root/asker.js';
import type { Call } from './unary.js';

/** Who makes this request, and until when they wait. */
export const askerOf = ({ peer, signal }: Call<unknown>): Asker => ({ actor: peer, signal });
