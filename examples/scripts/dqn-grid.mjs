// SPDX-License-Identifier: Apache-2.0
// Deep Q-learning: an agent finds its way across a grid of 4x4 cells, from the corner to the goal, around a pit.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';

const SIDE = 4;
const CELLS = SIDE * SIDE;
const GOAL = CELLS - 1;
const PIT = 5;
const MOVES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
];
const DISCOUNT = 0.9;
const BATCH = 32;

/** @returns what a move leads to: the new cell, its reward, and whether the game has ended. */
function play(cell, action) {
  const [dx, dy] = MOVES[action];
  const x = Math.min(SIDE - 1, Math.max(0, (cell % SIDE) + dx));
  const y = Math.min(SIDE - 1, Math.max(0, Math.floor(cell / SIDE) + dy));
  const next = y * SIDE + x;
  if (next === GOAL) return {next, reward: 1, isOver: true};
  return next === PIT ? {next, reward: -1, isOver: true} : {next, reward: -0.02, isOver: false};
}

const createNetwork = () =>
  tf.sequential({
    layers: [
      tf.layers.dense({units: 24, inputShape: [CELLS], activation: 'relu'}),
      tf.layers.dense({units: MOVES.length}),
    ],
  });

const online = createNetwork();
const target = createNetwork();
target.trainable = false;
target.setWeights(online.getWeights());

const toInput = cells => tf.oneHot(tf.tensor1d(cells, 'int32'), CELLS).toFloat();
const bestAction = cell =>
  tf.tidy(
    () =>
      online
        .predict(toInput([cell]))
        .argMax(-1)
        .dataSync()[0],
  );

/** The games played so far, of which batches are drawn. */
const memory = [];
let cell = 0;
function playOneMove(curiosity) {
  const action =
    Math.random() < curiosity ? Math.floor(Math.random() * MOVES.length) : bestAction(cell);
  const result = play(cell, action);
  memory.push({cell, action, ...result});
  cell = result.isOver ? 0 : result.next;
}

const optimizer = tf.train.adam(0.01);

function learn() {
  const batch = Array.from(
    {length: BATCH},
    () => memory[Math.floor(Math.random() * memory.length)],
  );
  const lossFunction = () =>
    tf.tidy(() => {
      const actions = tf.tensor1d(
        batch.map(move => move.action),
        'int32',
      );
      const values = online
        .apply(toInput(batch.map(move => move.cell)), {training: true})
        .mul(tf.oneHot(actions, MOVES.length))
        .sum(-1);
      const rewards = tf.tensor1d(batch.map(move => move.reward));
      const goesOn = tf
        .scalar(1)
        .sub(tf.tensor1d(batch.map(move => move.isOver)).asType('float32'));
      const future = target.predict(toInput(batch.map(move => move.next))).max(-1);
      return tf.losses.meanSquaredError(rewards.add(future.mul(goesOn).mul(DISCOUNT)), values);
    });
  return tf.tidy(() => {
    const {value, grads} = tf.variableGrads(lossFunction);
    optimizer.applyGradients(grads);
    return value.dataSync()[0];
  });
}

while (memory.length < 100) playOneMove(1);

const STEPS = 40;
const PERIOD = 10;
let sum = 0;
for (let step = 1; step <= STEPS; step++) {
  playOneMove(0.3);
  sum += learn();
  if (step % PERIOD === 0) {
    console.log(`step ${step}: loss ${(sum / PERIOD).toFixed(6)}`);
    sum = 0;
    if (step % (2 * PERIOD) === 0) target.setWeights(online.getWeights());
  }
}
console.log('value of each move in the first cell');
tf.tidy(() => online.predict(toInput([0])).print());
console.log('tensors', tf.memory().numTensors);
