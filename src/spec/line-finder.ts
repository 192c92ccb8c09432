import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import type { SpecPath } from './spec-error.js';

/** Tells where the parts of a YAML document were written. */
export class LineFinder {
  readonly #source: string;
  readonly #events: readonly Event[];
  #next = 0;

  constructor(source: string, events: readonly Event[]) {
    this.#source = source;
    this.#events = events;
  }

  /** Line, from 1, of what stands at a path, or of the nearest thing around it. */
  lineOf(path: SpecPath): number | undefined {
    // Behind the event that begins the document.
    this.#next = 1;
    const offset = this.#offsetOf(path);
    if (offset === undefined) return undefined;
    let line = 1;
    for (let at = this.#source.indexOf('\n'); at >= 0 && at < offset; line += 1) {
      at = this.#source.indexOf('\n', at + 1);
    }
    return line;
  }

  #offsetOf(path: SpecPath): number | undefined {
    let offset = startOf(this.#events[this.#next]);
    for (const step of path) {
      const found = this.#enter(step);
      if (found === undefined) break;
      offset = found;
    }
    return offset;
  }

  /** Goes to what stands at the last such step of the collection here. @returns where that is. */
  #enter(step: PropertyKey): number | undefined {
    const collection = this.#events[this.#next];
    const isMap = collection?.type === EVENT_ID.MAPPING;
    if (!isMap && collection?.type !== EVENT_ID.SEQUENCE) return undefined;
    this.#next += 1;
    let found: { readonly next: number; readonly offset: number | undefined } | undefined;
    for (let position = 0; !this.#isAtEnd; position += 1) {
      const item = this.#events[this.#next];
      if (isMap) this.#skip();
      const isIt = isMap ? this.#textOf(item) === step : position === step;
      if (isIt) found = { next: this.#next, offset: startOf(item) };
      this.#skip();
    }
    this.#next = found?.next ?? this.#next;
    return found?.offset;
  }

  get #isAtEnd(): boolean {
    const type = this.#events[this.#next]?.type;
    return type === undefined || type === EVENT_ID.POP;
  }

  /** Goes behind the node that is here. */
  #skip(): void {
    let depth = 0;
    do {
      const type = this.#events[this.#next]?.type;
      if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth += 1;
      if (type === EVENT_ID.POP) depth -= 1;
      this.#next += 1;
    } while (depth > 0);
  }

  #textOf(event: Event | undefined): string | undefined {
    return event?.type === EVENT_ID.SCALAR ? getScalarValue(this.#source, event) : undefined;
  }
}

/** Where a node begins; undefined for one that is left empty. */
function startOf(event: Event | undefined): number | undefined {
  switch (event?.type) {
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    case EVENT_ID.SCALAR:
      return event.valueStart < 0 ? undefined : event.valueStart;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return undefined;
  }
}
