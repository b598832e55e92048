// SPDX-License-Identifier: Apache-2.0
// Mitchell's logarithmic multiplier (1962) for 8-bit operands: log2(1 + x) is taken to be x.
//
//   lut-builder build mitchell8.cpp --function mitchell8 -o mitchell8.safetensors
//   lut-builder build mitchell8.cpp --function mitchell8_float --mantissa-bits 7 -o mitchell8.safetensors
#include <cmath>
#include <cstdint>

namespace {

// A number as 2^exponent * (1 + fraction / 128).
struct Logarithm {
  int exponent;
  std::uint32_t fraction;

  explicit Logarithm(std::uint8_t x) : exponent(31 - __builtin_clz(x)) {
    fraction = (std::uint32_t(x) << (7 - exponent)) & 127;
  }
};

}  // namespace

// The circuit: any two 8-bit numbers.
std::uint16_t mitchell8(std::uint8_t a, std::uint8_t b) {
  if (a == 0 || b == 0) return 0;
  const Logarithm x(a), y(b);
  const std::uint32_t sum = x.fraction + y.fraction;
  const std::uint32_t significand = sum < 128 ? 128 + sum : 2 * sum;
  return (significand << (x.exponent + y.exponent)) >> 7;
}

// The floating-point multiplier around it: signs and exponents are exact.
float mitchell8_float(float a, float b) {
  int ea, eb;
  const auto p = static_cast<std::uint8_t>(std::fabs(std::frexp(a, &ea)) * 256);
  const auto q = static_cast<std::uint8_t>(std::fabs(std::frexp(b, &eb)) * 256);
  const float product = std::ldexp(float(mitchell8(p, q)), ea + eb - 16);
  return std::signbit(a) != std::signbit(b) ? -product : product;
}
