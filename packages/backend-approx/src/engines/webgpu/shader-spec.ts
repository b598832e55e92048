// SPDX-License-Identifier: Apache-2.0
import type {Epilogue} from '../../contraction/contraction.js';
import type {ContractionLayout} from '../../contraction/layout.js';
import type {Parameters} from './parameters.js';
import type {Tile} from './tiles.js';
import type {UnitProgram} from './unit-program.js';

/** All that the shaders of a contraction are made of. */
export interface ShaderSpec {
  readonly layout: ContractionLayout;
  readonly parameters: Parameters;
  readonly unit: UnitProgram;
  readonly activation: Epilogue['activation'];
  readonly tile: Tile;
}
