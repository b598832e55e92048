// SPDX-License-Identifier: Apache-2.0
// An 8 x 8-bit array multiplier without the partial products of its six lowest columns.
//
//   lut-builder build truncated_array.cpp --function truncated_array -o truncated_array.safetensors
//   lut-builder build truncated_array.cpp --function truncated_array_float --mantissa-bits 7 -o truncated_array.safetensors
#include <cmath>
#include <cstdint>

namespace {

// One row of the array: a for one bit of b, without the columns below `lowest`.
std::uint32_t row(std::uint32_t a, int bit, int lowest) {
  const std::uint32_t shifted = a << bit;
  return shifted & ~((1u << lowest) - 1);
}

}  // namespace

// The circuit: any two 8-bit numbers.
std::uint16_t truncated_array(std::uint8_t a, std::uint8_t b) {
  std::uint32_t sum = 0;
  for (int bit = 0; bit < 8; bit++) {
    if (b >> bit & 1) sum += row(a, bit, 6);
  }
  return sum;
}

// The floating-point multiplier around it: signs and exponents are exact.
float truncated_array_float(float a, float b) {
  int ea, eb;
  const auto p = static_cast<std::uint8_t>(std::fabs(std::frexp(a, &ea)) * 256);
  const auto q = static_cast<std::uint8_t>(std::fabs(std::frexp(b, &eb)) * 256);
  const float product = std::ldexp(float(truncated_array(p, q)), ea + eb - 16);
  return std::signbit(a) != std::signbit(b) ? -product : product;
}
