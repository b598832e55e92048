// SPDX-License-Identifier: Apache-2.0
// Array multiplier, 8 x 8 bits, unsigned, without its low columns: partial products a[i] & b[j] with
// i + j below DROPPED are left out, and nothing makes up for them.
module truncated_array #(
  parameter DROPPED = 6
)(
  input  [7:0]  a,
  input  [7:0]  b,
  output [15:0] p
);
  wire [15:0] sum [0:8];
  assign sum[0] = 16'd0;
  assign p = sum[8];

  genvar i, j;
  generate
    for (i = 0; i < 8; i = i + 1) begin : row
      wire [15:0] partial;
      for (j = 0; j < 16; j = j + 1) begin : column
        if (j >= i && j < i + 8 && j >= DROPPED)
          assign partial[j] = a[i] & b[j - i];
        else
          assign partial[j] = 1'b0;
      end
      assign sum[i + 1] = sum[i] + partial;
    end
  endgenerate
endmodule
