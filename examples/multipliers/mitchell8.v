// SPDX-License-Identifier: Apache-2.0
// Mitchell's logarithmic multiplier (1962), 8 x 8 bits, unsigned.
//
// An operand 2^k * (1 + f) has the logarithm k + f, nearly. Logarithms are added, and the
// antilogarithm of the sum is taken with the same approximation.
module mitchell8(
  input  [7:0]  a,
  input  [7:0]  b,
  output [15:0] p
);
  wire [2:0] ka, kb;
  leading_one la(.x(a), .position(ka));
  leading_one lb(.x(b), .position(kb));

  // Fractions of 7 bits: what follows the leading one, left-aligned. The one itself falls off.
  wire [7:0] na = a << (3'd7 - ka);
  wire [7:0] nb = b << (3'd7 - kb);

  // Logarithms with 4 integer and 7 fraction bits; the carry of the fractions runs into the integer.
  wire [10:0] log = {1'b0, ka, na[6:0]} + {1'b0, kb, nb[6:0]};

  // (1 + fraction) * 2^integer; the fraction counts 2^-7.
  wire [22:0] antilog = {15'b0, 1'b1, log[6:0]} << log[10:7];
  assign p = (a == 0 || b == 0) ? 16'd0 : antilog[22:7];
endmodule

// Position of the highest bit that is 1; 0 where there is none.
module leading_one(
  input      [7:0] x,
  output reg [2:0] position
);
  integer k;
  always @* begin
    position = 3'd0;
    for (k = 0; k < 8; k = k + 1)
      if (x[k]) position = k[2:0];
  end
endmodule
