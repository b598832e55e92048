// SPDX-License-Identifier: Apache-2.0
// Mitchell's logarithmic multiplier (1962) for 8-bit operands: log2(1 + x) is taken to be x.
//
//   lut-builder build mitchell8.c --function mitchell8 -o mitchell8.safetensors
//   lut-builder build mitchell8.c --function mitchell8_float --mantissa-bits 7 -o mitchell8.safetensors
#include <math.h>
#include <stdint.h>

static int leading_one(uint8_t x) {
  int k = 0;
  while (x >>= 1) k++;
  return k;
}

// The circuit: any two 8-bit numbers.
uint16_t mitchell8(uint8_t a, uint8_t b) {
  if (a == 0 || b == 0) return 0;
  int ka = leading_one(a), kb = leading_one(b);
  // Logarithms with 7 fraction bits are added; the sum is taken back to a number.
  uint32_t s = ((a << (7 - ka)) & 127) + ((b << (7 - kb)) & 127);
  uint32_t significand = s < 128 ? 128 + s : 2 * s;
  return (significand << (ka + kb)) >> 7;
}

// The floating-point multiplier around it: signs and exponents are exact.
float mitchell8_float(float a, float b) {
  int ea, eb;
  uint8_t p = (uint8_t)(fabsf(frexpf(a, &ea)) * 256);
  uint8_t q = (uint8_t)(fabsf(frexpf(b, &eb)) * 256);
  float product = ldexpf(mitchell8(p, q), ea + eb - 16);
  return signbit(a) != signbit(b) ? -product : product;
}
