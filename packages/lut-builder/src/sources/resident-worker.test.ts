// SPDX-License-Identifier: Apache-2.0
/** What becomes of questions to a worker that stays, and of the worker. */
import {execFile} from 'node:child_process';
import {setTimeout as delay} from 'node:timers/promises';
import {promisify} from 'node:util';
import {expect} from 'chai';
import {ResidentWorker} from './resident-worker.js';

/** Answers with what `work` says of the question `q`, and with the thread. */
function workerUrl(work: string): URL {
  const text = `
    import {parentPort, threadId} from 'node:worker_threads';
    parentPort.on('message', q => { parentPort.postMessage([(${work})(q), threadId]); });`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

type Answer = [answer: unknown, thread: number];

function residentWorker(work: string, idleMilliseconds = 10_000) {
  return new ResidentWorker<unknown, Answer>(workerUrl(work), idleMilliseconds);
}

describe('ResidentWorker', function () {
  this.timeout(20_000);

  async function answer(
    worker: ResidentWorker<unknown, Answer>,
    question: unknown,
  ): Promise<Answer> {
    const reply = await worker.ask(question, 10);
    if (!('answer' in reply)) throw new Error(JSON.stringify(reply));
    return reply.answer;
  }

  it('answers in the order of the questions, by one worker', async () => {
    const worker = residentWorker('q => q * 2');
    const answers = await Promise.all([1, 2, 3].map(question => answer(worker, question)));
    expect(answers.map(([value]) => value)).deep.equal([2, 4, 6]);
    expect(new Set(answers.map(([, thread]) => thread))).lengthOf(1);
  });

  it('an error between two questions ends the worker, not the process', async () => {
    const worker = residentWorker(
      `q => { if (q === 'fail') setTimeout(() => { throw new Error('idle'); }, 20); return q; }`,
    );
    const [, first] = await answer(worker, 'fail');
    let thread = first;
    // Until the error has come, the first one answers; a question may also meet the error.
    for (let k = 0; k < 200 && thread === first; k++) {
      await delay(50);
      const reply = await worker.ask('more', 10);
      if ('answer' in reply) [, thread] = reply.answer;
    }
    expect(thread).not.equal(first);
  });

  it('a crash is a reply, and the next question has another worker', async () => {
    const worker = residentWorker(
      `q => { if (q === 'throw') throw new Error('thrown'); if (q === 'exit') process.exit(3); return q; }`,
    );
    const questions = ['throw', 'exit', 'other'].map(question => worker.ask(question, 10));
    const [thrown, exited, answered] = await Promise.all(questions);
    expect(thrown).deep.include({crash: 'Error: thrown'});
    expect(exited).deep.include({crash: 'an exit with code 3'});
    expect((answered as {answer: Answer}).answer[0]).equal('other');
  });

  it('a question that takes too long is given up, whatever the limit of others', async () => {
    const worker = residentWorker(`q => { while (q === 'for ever'); return q; }`);
    const late = worker.ask('for ever', 0.2);
    const next = worker.ask('next', 1e9);
    expect(await late).deep.equal({isLate: true});
    expect(((await next) as {answer: Answer}).answer[0]).equal('next');
  });

  it('is not asked again after an answer that says so, or after a while', async () => {
    const lasting = residentWorker('q => q');
    const [, first] = await answer(lasting, 1);
    const last = await lasting.ask(2, 10, ([value]) => value === 2);
    expect((last as {answer: Answer}).answer).deep.equal([2, first]);
    expect((await answer(lasting, 3))[1]).not.equal(first);

    const brief = residentWorker('q => q', 1);
    const [, thread] = await answer(brief, 1);
    await delay(200);
    expect((await answer(brief, 2))[1]).not.equal(thread);
  });

  it('keeps no process alive', async () => {
    const module = new URL('./resident-worker.js', import.meta.url).href;
    const text = `
      import {ResidentWorker} from ${JSON.stringify(module)};
      const worker = new ResidentWorker(new URL(${JSON.stringify(workerUrl('q => q').href)}), 1e6);
      console.log((await worker.ask('asked', 10)).answer[0]);`;
    const args = ['--input-type=module', '--eval', text];
    const {stdout} = await promisify(execFile)(process.execPath, args, {timeout: 15_000});
    expect(stdout).equal('asked\n');
  });
});
