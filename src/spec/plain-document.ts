import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import { echo } from '../domain/errors.js';
import { invariant } from '../domain/invariant.js';
import type { SpecPath } from './spec-error.js';

/**
 * Parts of a document, every use of an anchor counted whole. A few kilobytes of anchors that use
 * each other can stand for more than fits into memory; the largest spec has a tenth of this.
 */
const PARTS_MAX = 10_000_000;

/** What stands at a place, and of how many parts it is made. */
interface Part {
  readonly value: unknown;
  readonly size: number;
}

const NOTHING: Part = { value: '', size: 1 };

/**
 * The parser's events as maps, lists and texts as they are spelled. Finds keys that occur twice
 * and what anchors stand for, and bounds the latter.
 */
export class PlainDocument {
  readonly problems: { readonly path: SpecPath; readonly text: string }[] = [];
  readonly value: unknown;
  readonly #source: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Part>();
  /** Where the part that is being read stands. */
  readonly #path: PropertyKey[] = [];
  #next = 0;

  constructor(source: string, events: readonly Event[]) {
    this.#source = source;
    this.#events = events;
    this.value = events.length === 0 ? NOTHING.value : this.#root().value;
  }

  #root(): Part {
    this.#take();
    const root = this.#part();
    this.#take();
    if (this.#next < this.#events.length) this.#refuse('has more than one document');
    return root;
  }

  #take(): Event {
    const event = this.#events[this.#next];
    invariant(event !== undefined, 'events of YAML are balanced');
    this.#next += 1;
    return event;
  }

  #part(): Part {
    const event = this.#take();
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const value = getScalarValue(this.#source, event);
        return this.#named(event, { value, size: 1 });
      }
      case EVENT_ID.MAPPING:
        return this.#named(event, this.#map());
      case EVENT_ID.SEQUENCE:
        return this.#named(event, this.#list());
      case EVENT_ID.ALIAS:
        return this.#resolve(this.#source.slice(event.anchorStart, event.anchorEnd));
      default:
        return NOTHING;
    }
  }

  /** Only once the part is read, so that nothing can be a part of itself. */
  #named({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }, part: Part): Part {
    if (anchorStart >= 0) this.#anchors.set(this.#source.slice(anchorStart, anchorEnd), part);
    return part;
  }

  #resolve(name: string): Part {
    return this.#anchors.get(name) ?? this.#refuse(`nothing before is named &${echo(name)}`);
  }

  get #isAtEnd(): boolean {
    return this.#events[this.#next]?.type === EVENT_ID.POP;
  }

  #map(): Part {
    const value: Record<string, unknown> = {};
    let size = 1;
    while (!this.#isAtEnd) {
      const key = this.#part().value;
      if (typeof key !== 'string') this.#refuse('has a key that is no text');
      const name = typeof key === 'string' ? key : '';
      this.#path.push(name);
      if (Object.hasOwn(value, name)) this.#refuse('is said twice');
      // An object cannot have a key of this name.
      if (name === '__proto__') this.#refuse('is no name');
      const part = this.#part();
      this.#path.pop();
      size += part.size;
      if (size <= PARTS_MAX) value[name] = part.value;
    }
    return this.#whole(value, size);
  }

  #list(): Part {
    const value: unknown[] = [];
    let size = 1;
    while (!this.#isAtEnd) {
      this.#path.push(value.length);
      const part = this.#part();
      this.#path.pop();
      size += part.size;
      if (size <= PARTS_MAX) value.push(part.value);
    }
    return this.#whole(value, size);
  }

  #whole(value: unknown, size: number): Part {
    this.#take();
    if (size <= PARTS_MAX) return { value, size };
    return this.#refuse(`has more than ${PARTS_MAX} parts`);
  }

  #refuse(text: string): Part {
    this.problems.push({ path: [...this.#path], text });
    return NOTHING;
  }
}
