// SPDX-License-Identifier: Apache-2.0
/** A number divided by zero is undefined in Verilog; Yosys makes ones of it unless told otherwise. */

export const DIVISIONS_FILE = '.divisions.v';
/** Rules for `techmap`. */
export const DIVISIONS = ['div', 'mod', 'divfloor', 'modfloor']
  .map(
    cell => `(* techmap_celltype = "$${cell}" *) module defined_${cell}(A, B, Y);
      parameter A_SIGNED = 0, B_SIGNED = 0, A_WIDTH = 1, B_WIDTH = 1, Y_WIDTH = 1;
      input [A_WIDTH-1:0] A; input [B_WIDTH-1:0] B; output [Y_WIDTH-1:0] Y;
      wire [Y_WIDTH-1:0] result;
      \\$${cell} #(.A_SIGNED(A_SIGNED), .B_SIGNED(B_SIGNED), .A_WIDTH(A_WIDTH), .B_WIDTH(B_WIDTH),
        .Y_WIDTH(Y_WIDTH)) inner(.A(A), .B(B), .Y(result));
      assign Y = |B ? result : {Y_WIDTH{1'bx}};
    endmodule`,
  )
  .join('\n');
