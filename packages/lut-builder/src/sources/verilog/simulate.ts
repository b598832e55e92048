// SPDX-License-Identifier: Apache-2.0
/**
 * Bit-parallel simulation of a multiplier over all pairs of operands: a word holds one net's value
 * for 32 pairs, and a gate is one bitwise operation on it.
 */
import {type Circuit, GATE_NAMES} from './circuit.js';
import type {MultiplierPorts} from './ports.js';

/** Words per net that are computed together: enough that reading the program costs little. */
const BLOCK = 64;
/** Bit k of the pair's number, for k < 5, where lane = pair mod 32. */
const LANES = [0xaaaaaaaa, 0xcccccccc, 0xf0f0f0f0, 0xff00ff00, 0xffff0000];

const [BUF, NOT, AND, NAND, OR, NOR, XOR, XNOR, ANDNOT, ORNOT, MUX, NMUX] = GATE_NAMES.keys();

/** What of an operand's port is asked. */
export interface SignificandField {
  readonly mantissaBits: number;
  /** m + 1 or more: the leading one is the highest of these bits, the m fraction bits are below it. */
  readonly significandBits: number;
}

/** What stands where the source leaves a value open. */
export type Undefined = 'zeros' | 'ones' | 'random';

/**
 * The products p of (2^m + i) << s and (2^m + j) << s, row-major by i, where s fills the significands'
 * bits; those of the ports above them are 0. Below 2^53, and negative where signed ports say so.
 */
export function simulate(
  circuit: Circuit,
  {first, second, output, signed}: MultiplierPorts,
  {mantissaBits, significandBits}: SignificandField,
  open: Undefined = 'zeros',
): Float64Array {
  const {nets, program, ports, undefinedNets} = circuit;
  const pairs = 2 ** (2 * mantissaBits);
  const words = Math.max(1, pairs / 32);
  const values = new Uint32Array(nets * BLOCK);
  values.fill(0xffffffff, BLOCK, 2 * BLOCK);
  const products = new Float64Array(pairs);
  const leading = significandBits - 1;
  const shift = leading - mantissaBits;
  const random = randomWords();

  /** Bit `bit` of the pair number, for the words of a block from `start` on. */
  const setFraction = (net: number, bit: number, start: number) => {
    for (let w = 0; w < BLOCK; w++) {
      const isSet = bit < 5 || ((start + w) >>> (bit - 5)) & 1;
      values[net * BLOCK + w] = bit < 5 ? LANES[bit] : isSet ? 0xffffffff : 0;
    }
  };
  const setOperand = (port: string, firstBit: number, start: number) => {
    ports.get(port)!.forEach((net, k) => {
      const isFraction = k >= shift && k < leading;
      if (isFraction) setFraction(net, firstBit + k - shift, start);
      else values.fill(k === leading ? 0xffffffff : 0, net * BLOCK, (net + 1) * BLOCK);
    });
  };

  for (let start = 0; start < words; start += BLOCK) {
    setOperand(second, 0, start);
    setOperand(first, mantissaBits, start);
    for (const net of undefinedNets) {
      for (let w = 0; w < BLOCK; w++) {
        values[net * BLOCK + w] = open === 'random' ? random() : open === 'ones' ? 0xffffffff : 0;
      }
    }
    evaluate(program, values);
    ports.get(output)!.forEach((net, k, {length}) => {
      const weight = signed && k === length - 1 ? -(2 ** k) : 2 ** k;
      for (let w = 0; w < BLOCK && start + w < words; w++) {
        const word = values[net * BLOCK + w];
        if (word === 0) continue;
        const pair = 32 * (start + w);
        const lanes = Math.min(32, pairs - pair);
        for (let lane = 0; lane < lanes; lane++) {
          if ((word >>> lane) & 1) products[pair + lane] += weight;
        }
      }
    });
  }
  return products;
}

function evaluate(program: Int32Array, values: Uint32Array): void {
  for (let g = 0; g < program.length; g += 5) {
    const y = program[g + 1] * BLOCK;
    const a = program[g + 2] * BLOCK;
    const b = program[g + 3] * BLOCK;
    const s = program[g + 4] * BLOCK;
    switch (program[g]) {
      case BUF:
        for (let w = 0; w < BLOCK; w++) values[y + w] = values[a + w]!;
        break;
      case NOT:
        for (let w = 0; w < BLOCK; w++) values[y + w] = ~values[a + w];
        break;
      case AND:
        for (let w = 0; w < BLOCK; w++) values[y + w] = values[a + w] & values[b + w];
        break;
      case NAND:
        for (let w = 0; w < BLOCK; w++) values[y + w] = ~(values[a + w] & values[b + w]);
        break;
      case OR:
        for (let w = 0; w < BLOCK; w++) values[y + w] = values[a + w] | values[b + w];
        break;
      case NOR:
        for (let w = 0; w < BLOCK; w++) values[y + w] = ~(values[a + w] | values[b + w]);
        break;
      case XOR:
        for (let w = 0; w < BLOCK; w++) values[y + w] = values[a + w] ^ values[b + w];
        break;
      case XNOR:
        for (let w = 0; w < BLOCK; w++) values[y + w] = ~(values[a + w] ^ values[b + w]);
        break;
      case ANDNOT:
        for (let w = 0; w < BLOCK; w++) values[y + w] = values[a + w] & ~values[b + w];
        break;
      case ORNOT:
        for (let w = 0; w < BLOCK; w++) values[y + w] = values[a + w] | ~values[b + w];
        break;
      case MUX:
        for (let w = 0; w < BLOCK; w++) {
          values[y + w] = (values[a + w] & ~values[s + w]) | (values[b + w] & values[s + w]);
        }
        break;
      case NMUX:
        for (let w = 0; w < BLOCK; w++) {
          values[y + w] = ~((values[a + w] & ~values[s + w]) | (values[b + w] & values[s + w]));
        }
        break;
    }
  }
}

/** xorshift32: the same words at each call of simulate. */
function randomWords(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}
