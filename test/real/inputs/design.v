// A small processor datapath: register file, multiplier, shifter, counter with an enable.
module alu(input [2:0] op, input [7:0] a, b, output reg [7:0] y);
  always @* case (op)
    3'd0: y = a + b;
    3'd1: y = a - b;
    3'd2: y = a & b;
    3'd3: y = a | b;
    3'd4: y = a ^ b;
    3'd5: y = a << b[2:0];
    3'd6: y = a >> b[3:0];
    default: y = a[3:0] * b[3:0];
  endcase
endmodule

module top(input clk, input [2:0] op, input [1:0] ra, rb, rd, input we, output reg [7:0] out);
  reg [7:0] file [0:3];
  wire [7:0] y;
  alu core(.op(op), .a(file[ra]), .b(file[rb]), .y(y));
  always @(posedge clk) begin
    if (we) file[rd] <= y;
    out <= y;
  end
endmodule
