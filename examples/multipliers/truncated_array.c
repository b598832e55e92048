// SPDX-License-Identifier: Apache-2.0
// An 8 x 8-bit array multiplier without the partial products of its six lowest columns.
//
//   lut-builder build truncated_array.c --function truncated_array -o truncated_array.safetensors
//   lut-builder build truncated_array.c --function truncated_array_float --mantissa-bits 7 -o truncated_array.safetensors
#include <math.h>
#include <stdint.h>

enum { LOWEST_COLUMN = 6 };

// The circuit: any two 8-bit numbers.
uint16_t truncated_array(uint8_t a, uint8_t b) {
  uint16_t sum = 0;
  for (int i = 0; i < 8; i++) {
    for (int j = 0; j < 8; j++) {
      if (i + j >= LOWEST_COLUMN) sum += (((a >> i) & (b >> j)) & 1) << (i + j);
    }
  }
  return sum;
}

// The floating-point multiplier around it: signs and exponents are exact.
float truncated_array_float(float a, float b) {
  int ea, eb;
  uint8_t p = (uint8_t)(fabsf(frexpf(a, &ea)) * 256);
  uint8_t q = (uint8_t)(fabsf(frexpf(b, &eb)) * 256);
  float product = ldexpf(truncated_array(p, q), ea + eb - 16);
  return signbit(a) != signbit(b) ? -product : product;
}
