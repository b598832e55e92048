// SPDX-License-Identifier: Apache-2.0
// The loop that the cpu engine is compared with: float32 matrix product, 4 rows by 8 columns of sums in registers,
// nothing packed. Sizes are multiples of 8.
#include <wasm_simd128.h>

__attribute__((export_name("gemm"))) void gemm(const float *a, const float *b, float *c, int size) {
  for (int column = 0; column < size; column += 8) {
    for (int row = 0; row < size; row += 4) {
      v128_t sums[4][2] = {0};
      for (int k = 0; k < size; k++) {
        v128_t left = wasm_v128_load(b + k * size + column);
        v128_t right = wasm_v128_load(b + k * size + column + 4);
        for (int r = 0; r < 4; r++) {
          v128_t x = wasm_v128_load32_splat(a + (row + r) * size + k);
          sums[r][0] = wasm_f32x4_add(sums[r][0], wasm_f32x4_mul(x, left));
          sums[r][1] = wasm_f32x4_add(sums[r][1], wasm_f32x4_mul(x, right));
        }
      }
      for (int r = 0; r < 4; r++) {
        wasm_v128_store(c + (row + r) * size + column, sums[r][0]);
        wasm_v128_store(c + (row + r) * size + column + 4, sums[r][1]);
      }
    }
  }
}
