import { status as rpcStatus, type ServiceError } from '@grpc/grpc-js';
import { expect } from 'vitest';
import type { Status } from '../../src/gen/common.js';
import { GetVersionRequest, type GetVersionResponse } from '../../src/gen/milvus.js';
import { answerOf } from './answer-of.js';
import { freezeAmid } from './freeze-amid.js';
import type { SuiteServer } from './suite-server.js';

/** Calls of MilvusService about one thing, made one after another. */
export type Course = readonly (() => Promise<Status>)[];

/** How far a course had come when the server was killed. */
export interface TornCourse {
  /** So many of its calls were done and answered. */
  readonly answered: number;
  /** One more was under way and never answered: it was done, or not. */
  readonly isLost: boolean;
}

/** Clients that work at once: so many calls are under way when the server is killed. */
const CLIENTS = 8;

/**
 * `kill -9` in the middle: half of the calls are answered, others are not made yet, and some are in
 * the hands of the server. Settles when it is dead.
 *
 * @throws unless it was so.
 */
export async function killAmid(
  server: SuiteServer,
  courses: readonly Course[],
): Promise<readonly TornCourse[]> {
  const crowd = new Crowd(courses);
  await Promise.all([crowd.work(), killWithCallsInHand(server, crowd)]);
  await server.kill();
  const { ends } = crowd;
  expect(ends.filter(({ isLost }) => isLost).length).toBeGreaterThan(0);
  expect(ends.filter(({ answered, isLost }) => answered === 0 && !isLost)).not.toEqual([]);
  return ends;
}

/**
 * What may be found of a course afterwards.
 *
 * @param after what is there once so many of its calls are done.
 */
export const mayBe = <T>({ answered, isLost }: TornCourse, after: readonly T[]): readonly T[] =>
  after.slice(answered, answered + (isLost ? 2 : 1));

/** A server that answers a later call has the earlier ones of that connection in its hands. */
async function killWithCallsInHand({ process, milvus }: SuiteServer, crowd: Crowd): Promise<void> {
  while (!crowd.isOver) {
    const before = crowd.underWay;
    await answerOf<GetVersionResponse>((done) =>
      milvus.getVersion(GetVersionRequest.create(), done),
    );
    if (!crowd.isHalfDone) continue;
    const isInHand = () => crowd.underWay.some((call) => before.includes(call));
    if (await freezeAmid(process, isInHand)) return process.kill();
  }
  throw new Error('everything was answered before the server could be killed');
}

/** Clients that follow the courses, each one course after another. */
class Crowd {
  readonly #courses: readonly Course[];
  readonly #ends: { answered: number; isLost: boolean }[];
  readonly #underWay = new Set<number>();
  readonly #calls: number;
  #made = 0;
  #answered = 0;
  #begun = 0;
  #hasFailed = false;

  constructor(courses: readonly Course[]) {
    this.#courses = courses;
    this.#ends = courses.map(() => ({ answered: 0, isLost: false }));
    this.#calls = courses.flat().length;
  }

  /** How far each course came, in the order of the courses. */
  get ends(): readonly TornCourse[] {
    return this.#ends;
  }

  /** Numbers of the calls that were made and not answered. */
  get underWay(): readonly number[] {
    return [...this.#underWay];
  }

  get isHalfDone(): boolean {
    return this.#answered * 2 >= this.#calls;
  }

  /** Nobody makes a call any more: all are answered, or one failed. */
  get isOver(): boolean {
    return this.#hasFailed || this.#answered === this.#calls;
  }

  /** Settles when all is done or the server is gone; rejects when a call is refused. */
  async work(): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#workAlone()));
  }

  async #workAlone(): Promise<void> {
    while (!this.#hasFailed && this.#begun < this.#courses.length)
      await this.#follow(this.#begun++);
  }

  async #follow(index: number): Promise<void> {
    const end = this.#ends[index];
    for (const call of this.#courses[index] ?? []) {
      if (this.#hasFailed || !end) return;
      end.isLost = true;
      if (!(await this.#isAnswered(call))) return;
      end.isLost = false;
      end.answered++;
    }
  }

  /** False when the connection broke first. */
  async #isAnswered(call: () => Promise<Status>): Promise<boolean> {
    const number = this.#made++;
    this.#underWay.add(number);
    const answer = await call().catch(toldLost);
    this.#underWay.delete(number);
    this.#hasFailed ||= answer?.code !== 0;
    if (answer === undefined) return false;
    expect(answer).toMatchObject({ code: 0 });
    this.#answered++;
    return true;
  }
}

function toldLost(error: ServiceError): undefined {
  if (error.code !== rpcStatus.UNAVAILABLE) throw error;
}
