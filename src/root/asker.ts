/** Who asks, and until when an answer is wanted. */
export interface Asker {
  readonly actor: string;
  readonly signal: AbortSignal;
}

/** A client's command without the word the facade adds. */
export type Request<Command> = Omit<Command, 'kind'>;
