// SPDX-License-Identifier: Apache-2.0
import {setImmediate as realImmediate} from 'node:timers';
import {setImmediate as immediate} from 'node:timers/promises';
import {expect} from 'chai';
import {DawnEvents} from './dawn-events.js';

/**
 * What Dawn does: `begin` starts a task, and a native callback, asked for again at each call while tasks are under
 * way, ends them in the end.
 */
class FakeDawn {
  tasks = 0;
  calls = 0;
  /** At which call all tasks end. */
  endsAt = Infinity;
  #isAsked = false;

  begin(): void {
    this.tasks++;
    this.#ask();
  }

  #ask(): void {
    if (this.#isAsked || this.tasks === 0) return;
    this.#isAsked = true;
    // A bound function shows no text, as a native one.
    globalThis.setImmediate(this.#handle.bind(this));
  }

  #handle(): void {
    this.calls++;
    this.#isAsked = false;
    if (this.calls >= this.endsAt) this.tasks = 0;
    this.#ask();
  }
}

describe('Dawn events', () => {
  let asked = 0;
  beforeEach(() => {
    asked = 0;
    globalThis.setImmediate = ((callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      asked++;
      return realImmediate(callback, ...args);
    }) as typeof setImmediate;
  });
  afterEach(() => {
    globalThis.setImmediate = realImmediate;
  });

  it('are handled synchronously until it is done, and one immediate stands for all', async () => {
    const dawn = new FakeDawn();
    const events = new DawnEvents();
    dawn.endsAt = 50;
    events.during(() => dawn.begin());
    expect(events.canBeHandled).to.equal(true);
    for (let round = 1; round <= 20; round++) {
      events.during(() => dawn.begin());
      dawn.endsAt = 50 * round;
      expect(events.handleUntil(() => dawn.tasks === 0, 10_000)).to.equal(true);
      expect(dawn.calls).to.equal(50 * round);
    }
    expect(asked).to.equal(1);
    await immediate();
    await immediate();
    expect(asked, 'no more follow').to.equal(1);
  });

  it('still come through the event loop for what is not done, through one immediate a turn', async () => {
    const dawn = new FakeDawn();
    const events = new DawnEvents();
    let isFirstDone = false;
    events.during(() => dawn.begin());
    for (let read = 0; read < 20; read++) {
      const until = dawn.calls + 5;
      expect(events.handleUntil(() => dawn.calls === until, 10_000)).to.equal(true);
    }
    expect(asked).to.equal(1);
    dawn.endsAt = dawn.calls + 3;
    while (!isFirstDone) {
      const before = asked;
      await immediate();
      expect(asked - before).to.be.at.most(1);
      isFirstDone = dawn.tasks === 0;
    }
    expect(dawn.calls).to.equal(103);
  });

  it('end at the time limit', () => {
    const dawn = new FakeDawn();
    const events = new DawnEvents();
    events.during(() => dawn.begin());
    expect(events.handleUntil(() => false, 5)).to.equal(false);
    expect(dawn.tasks).to.equal(1);
    dawn.endsAt = 0;
    events.handleUntil(() => dawn.tasks === 0, 10_000);
  });

  it('end when the callback handles nothing', () => {
    const events = new DawnEvents();
    const useless = () => {};
    events.during(() => setImmediate(useless.bind(null)));
    expect(events.canBeHandled).to.equal(true);
    expect(events.handleUntil(() => false, 60_000)).to.equal(null);
  });

  it('cannot be handled when a script asks for an immediate and Dawn for none', async () => {
    const events = new DawnEvents();
    let got: unknown;
    events.during(() => setImmediate((value: string) => (got = value), 'argument'));
    expect(events.canBeHandled).to.equal(false);
    expect(globalThis.setImmediate, 'is put back').to.not.equal(realImmediate);
    await immediate();
    expect(got).to.equal('argument');
  });

  it('cannot be handled when setImmediate is read-only; calls are made all the same', () => {
    const dawn = new FakeDawn();
    const events = new DawnEvents();
    dawn.endsAt = 0;
    Object.defineProperty(globalThis, 'setImmediate', {value: setImmediate, writable: false});
    try {
      events.during(() => dawn.begin());
      expect(dawn.tasks).to.equal(1);
      expect(events.canBeHandled).to.equal(false);
    } finally {
      Object.defineProperty(globalThis, 'setImmediate', {value: realImmediate, writable: true});
    }
  });

  it('that were asked for elsewhere are handled too, beside a rejection that Dawn has put off', async () => {
    const dawn = new FakeDawn();
    const events = new DawnEvents();
    dawn.endsAt = 3;
    events.during(() => dawn.begin());
    expect(events.handleUntil(() => dawn.tasks === 0, 10_000)).to.equal(true);
    dawn.begin();
    let rejected = 0;
    const reject = () => void rejected++;
    events.during(() => setImmediate(reject.bind(null)));
    dawn.endsAt = 10;
    expect(events.handleUntil(() => dawn.tasks === 0, 10_000)).to.equal(true);
    expect(rejected).to.equal(1);
    events.during(() => setImmediate(reject.bind(null)));
    expect(rejected, 'comes through the event loop otherwise').to.equal(1);
    await immediate();
    expect(rejected).to.equal(2);
  });

  it('go on when a listener throws', async () => {
    const dawn = new FakeDawn();
    const events = new DawnEvents();
    let rejected = 0;
    const fails = () => {
      throw new Error('a listener');
    };
    const reject = () => void rejected++;
    dawn.endsAt = 10;
    events.during(() => {
      dawn.begin();
      setImmediate(fails.bind(null));
      setImmediate(reject.bind(null));
    });
    expect(() => events.handleUntil(() => dawn.tasks === 0, 10_000)).to.throw('a listener');
    expect(rejected).to.equal(0);
    while (dawn.tasks > 0) await immediate();
    expect(rejected).to.equal(1);
  });

  it('puts setImmediate back when a call throws', () => {
    const before = globalThis.setImmediate;
    expect(() =>
      new DawnEvents().during(() => {
        throw new Error('refused');
      }),
    ).to.throw('refused');
    expect(globalThis.setImmediate).to.equal(before);
  });
});
