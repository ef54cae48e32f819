/**
 * The one table of instructions: code, name, immediates, stack effect. Decoder, assembler, flow graph
 * and printer are derived from it.
 *
 * - code: the opcode in hex; a second number is the sub-opcode after a prefix (written as LEB128).
 * - immediates: their kinds in order, see `ImmediateKind`; `-` for none.
 * - effect: operands:results, `i` i32, `I` i64, `f` f32, `F` f64, `v` v128; `*` where the effect depends
 *   on types, labels or immediates. Addresses are given for 32-bit memories.
 *
 * Sources: https://webassembly.github.io/spec/core/binary/instructions.html, the legacy exception
 * encoding (try, catch, rethrow, delegate, catch_all), and the proposals threads (0xfe) and wide
 * arithmetic (0xfc 13-16).
 */
const table = `
00     unreachable                       -                                  *
01     nop                               -                                  :
02     block                             blocktype                          *
03     loop                              blocktype                          *
04     if                                blocktype                          *
05     else                              -                                  *
06     try                               blocktype                          *
07     catch                             tag                                *
08     throw                             tag                                *
09     rethrow                           label                              *
0a     throw_ref                         -                                  *
0b     end                               -                                  *
0c     br                                label                              *
0d     br_if                             label                              *
0e     br_table                          labels                             *
0f     return                            -                                  *
10     call                              func                               *
11     call_indirect                     type,table                         *
12     return_call                       func                               *
13     return_call_indirect              type,table                         *
14     call_ref                          type                               *
15     return_call_ref                   type                               *
18     delegate                          label                              *
19     catch_all                         -                                  *
1a     drop                              -                                  *
1b     select                            -                                  *
1c     select_t                          valtypes                           *
1f     try_table                         blocktype,catches                  *
20     local.get                         local                              *
21     local.set                         local                              *
22     local.tee                         local                              *
23     global.get                        global                             *
24     global.set                        global                             *
25     table.get                         table                              *
26     table.set                         table                              *
28     i32.load                          memarg                             i:i
29     i64.load                          memarg                             i:I
2a     f32.load                          memarg                             i:f
2b     f64.load                          memarg                             i:F
2c     i32.load8_s                       memarg                             i:i
2d     i32.load8_u                       memarg                             i:i
2e     i32.load16_s                      memarg                             i:i
2f     i32.load16_u                      memarg                             i:i
30     i64.load8_s                       memarg                             i:I
31     i64.load8_u                       memarg                             i:I
32     i64.load16_s                      memarg                             i:I
33     i64.load16_u                      memarg                             i:I
34     i64.load32_s                      memarg                             i:I
35     i64.load32_u                      memarg                             i:I
36     i32.store                         memarg                             ii:
37     i64.store                         memarg                             iI:
38     f32.store                         memarg                             if:
39     f64.store                         memarg                             iF:
3a     i32.store8                        memarg                             ii:
3b     i32.store16                       memarg                             ii:
3c     i64.store8                        memarg                             iI:
3d     i64.store16                       memarg                             iI:
3e     i64.store32                       memarg                             iI:
3f     memory.size                       memory                             :i
40     memory.grow                       memory                             i:i
41     i32.const                         i32                                :i
42     i64.const                         i64                                :I
43     f32.const                         f32                                :f
44     f64.const                         f64                                :F
45     i32.eqz                           -                                  i:i
46     i32.eq                            -                                  ii:i
47     i32.ne                            -                                  ii:i
48     i32.lt_s                          -                                  ii:i
49     i32.lt_u                          -                                  ii:i
4a     i32.gt_s                          -                                  ii:i
4b     i32.gt_u                          -                                  ii:i
4c     i32.le_s                          -                                  ii:i
4d     i32.le_u                          -                                  ii:i
4e     i32.ge_s                          -                                  ii:i
4f     i32.ge_u                          -                                  ii:i
50     i64.eqz                           -                                  I:i
51     i64.eq                            -                                  II:i
52     i64.ne                            -                                  II:i
53     i64.lt_s                          -                                  II:i
54     i64.lt_u                          -                                  II:i
55     i64.gt_s                          -                                  II:i
56     i64.gt_u                          -                                  II:i
57     i64.le_s                          -                                  II:i
58     i64.le_u                          -                                  II:i
59     i64.ge_s                          -                                  II:i
5a     i64.ge_u                          -                                  II:i
5b     f32.eq                            -                                  ff:i
5c     f32.ne                            -                                  ff:i
5d     f32.lt                            -                                  ff:i
5e     f32.gt                            -                                  ff:i
5f     f32.le                            -                                  ff:i
60     f32.ge                            -                                  ff:i
61     f64.eq                            -                                  FF:i
62     f64.ne                            -                                  FF:i
63     f64.lt                            -                                  FF:i
64     f64.gt                            -                                  FF:i
65     f64.le                            -                                  FF:i
66     f64.ge                            -                                  FF:i
67     i32.clz                           -                                  i:i
68     i32.ctz                           -                                  i:i
69     i32.popcnt                        -                                  i:i
6a     i32.add                           -                                  ii:i
6b     i32.sub                           -                                  ii:i
6c     i32.mul                           -                                  ii:i
6d     i32.div_s                         -                                  ii:i
6e     i32.div_u                         -                                  ii:i
6f     i32.rem_s                         -                                  ii:i
70     i32.rem_u                         -                                  ii:i
71     i32.and                           -                                  ii:i
72     i32.or                            -                                  ii:i
73     i32.xor                           -                                  ii:i
74     i32.shl                           -                                  ii:i
75     i32.shr_s                         -                                  ii:i
76     i32.shr_u                         -                                  ii:i
77     i32.rotl                          -                                  ii:i
78     i32.rotr                          -                                  ii:i
79     i64.clz                           -                                  I:I
7a     i64.ctz                           -                                  I:I
7b     i64.popcnt                        -                                  I:I
7c     i64.add                           -                                  II:I
7d     i64.sub                           -                                  II:I
7e     i64.mul                           -                                  II:I
7f     i64.div_s                         -                                  II:I
80     i64.div_u                         -                                  II:I
81     i64.rem_s                         -                                  II:I
82     i64.rem_u                         -                                  II:I
83     i64.and                           -                                  II:I
84     i64.or                            -                                  II:I
85     i64.xor                           -                                  II:I
86     i64.shl                           -                                  II:I
87     i64.shr_s                         -                                  II:I
88     i64.shr_u                         -                                  II:I
89     i64.rotl                          -                                  II:I
8a     i64.rotr                          -                                  II:I
8b     f32.abs                           -                                  f:f
8c     f32.neg                           -                                  f:f
8d     f32.ceil                          -                                  f:f
8e     f32.floor                         -                                  f:f
8f     f32.trunc                         -                                  f:f
90     f32.nearest                       -                                  f:f
91     f32.sqrt                          -                                  f:f
92     f32.add                           -                                  ff:f
93     f32.sub                           -                                  ff:f
94     f32.mul                           -                                  ff:f
95     f32.div                           -                                  ff:f
96     f32.min                           -                                  ff:f
97     f32.max                           -                                  ff:f
98     f32.copysign                      -                                  ff:f
99     f64.abs                           -                                  F:F
9a     f64.neg                           -                                  F:F
9b     f64.ceil                          -                                  F:F
9c     f64.floor                         -                                  F:F
9d     f64.trunc                         -                                  F:F
9e     f64.nearest                       -                                  F:F
9f     f64.sqrt                          -                                  F:F
a0     f64.add                           -                                  FF:F
a1     f64.sub                           -                                  FF:F
a2     f64.mul                           -                                  FF:F
a3     f64.div                           -                                  FF:F
a4     f64.min                           -                                  FF:F
a5     f64.max                           -                                  FF:F
a6     f64.copysign                      -                                  FF:F
a7     i32.wrap_i64                      -                                  I:i
a8     i32.trunc_f32_s                   -                                  f:i
a9     i32.trunc_f32_u                   -                                  f:i
aa     i32.trunc_f64_s                   -                                  F:i
ab     i32.trunc_f64_u                   -                                  F:i
ac     i64.extend_i32_s                  -                                  i:I
ad     i64.extend_i32_u                  -                                  i:I
ae     i64.trunc_f32_s                   -                                  f:I
af     i64.trunc_f32_u                   -                                  f:I
b0     i64.trunc_f64_s                   -                                  F:I
b1     i64.trunc_f64_u                   -                                  F:I
b2     f32.convert_i32_s                 -                                  i:f
b3     f32.convert_i32_u                 -                                  i:f
b4     f32.convert_i64_s                 -                                  I:f
b5     f32.convert_i64_u                 -                                  I:f
b6     f32.demote_f64                    -                                  F:f
b7     f64.convert_i32_s                 -                                  i:F
b8     f64.convert_i32_u                 -                                  i:F
b9     f64.convert_i64_s                 -                                  I:F
ba     f64.convert_i64_u                 -                                  I:F
bb     f64.promote_f32                   -                                  f:F
bc     i32.reinterpret_f32               -                                  f:i
bd     i64.reinterpret_f64               -                                  F:I
be     f32.reinterpret_i32               -                                  i:f
bf     f64.reinterpret_i64               -                                  I:F
c0     i32.extend8_s                     -                                  i:i
c1     i32.extend16_s                    -                                  i:i
c2     i64.extend8_s                     -                                  I:I
c3     i64.extend16_s                    -                                  I:I
c4     i64.extend32_s                    -                                  I:I
d0     ref.null                          heaptype                           *
d1     ref.is_null                       -                                  *
d2     ref.func                          func                               *
d3     ref.eq                            -                                  *
d4     ref.as_non_null                   -                                  *
d5     br_on_null                        label                              *
d6     br_on_non_null                    label                              *
fb 00  struct.new                        type                               *
fb 01  struct.new_default                type                               *
fb 02  struct.get                        type,field                         *
fb 03  struct.get_s                      type,field                         *
fb 04  struct.get_u                      type,field                         *
fb 05  struct.set                        type,field                         *
fb 06  array.new                         type                               *
fb 07  array.new_default                 type                               *
fb 08  array.new_fixed                   type,count                         *
fb 09  array.new_data                    type,data                          *
fb 0a  array.new_elem                    type,elem                          *
fb 0b  array.get                         type                               *
fb 0c  array.get_s                       type                               *
fb 0d  array.get_u                       type                               *
fb 0e  array.set                         type                               *
fb 0f  array.len                         -                                  *
fb 10  array.fill                        type                               *
fb 11  array.copy                        type,type                          *
fb 12  array.init_data                   type,data                          *
fb 13  array.init_elem                   type,elem                          *
fb 14  ref.test                          heaptype                           *
fb 15  ref.test_null                     heaptype                           *
fb 16  ref.cast                          heaptype                           *
fb 17  ref.cast_null                     heaptype                           *
fb 18  br_on_cast                        castflags,label,heaptype,heaptype  *
fb 19  br_on_cast_fail                   castflags,label,heaptype,heaptype  *
fb 1a  any.convert_extern                -                                  *
fb 1b  extern.convert_any                -                                  *
fb 1c  ref.i31                           -                                  *
fb 1d  i31.get_s                         -                                  *
fb 1e  i31.get_u                         -                                  *
fc 00  i32.trunc_sat_f32_s               -                                  f:i
fc 01  i32.trunc_sat_f32_u               -                                  f:i
fc 02  i32.trunc_sat_f64_s               -                                  F:i
fc 03  i32.trunc_sat_f64_u               -                                  F:i
fc 04  i64.trunc_sat_f32_s               -                                  f:I
fc 05  i64.trunc_sat_f32_u               -                                  f:I
fc 06  i64.trunc_sat_f64_s               -                                  F:I
fc 07  i64.trunc_sat_f64_u               -                                  F:I
fc 08  memory.init                       data,memory                        iii:
fc 09  data.drop                         data                               :
fc 0a  memory.copy                       memory,memory                      iii:
fc 0b  memory.fill                       memory                             iii:
fc 0c  table.init                        elem,table                         iii:
fc 0d  elem.drop                         elem                               :
fc 0e  table.copy                        table,table                        iii:
fc 0f  table.grow                        table                              *
fc 10  table.size                        table                              :i
fc 11  table.fill                        table                              *
fc 13  i64.add128                        -                                  IIII:II
fc 14  i64.sub128                        -                                  IIII:II
fc 15  i64.mul_wide_s                    -                                  II:II
fc 16  i64.mul_wide_u                    -                                  II:II
fd 00  v128.load                         memarg                             i:v
fd 01  v128.load8x8_s                    memarg                             i:v
fd 02  v128.load8x8_u                    memarg                             i:v
fd 03  v128.load16x4_s                   memarg                             i:v
fd 04  v128.load16x4_u                   memarg                             i:v
fd 05  v128.load32x2_s                   memarg                             i:v
fd 06  v128.load32x2_u                   memarg                             i:v
fd 07  v128.load8_splat                  memarg                             i:v
fd 08  v128.load16_splat                 memarg                             i:v
fd 09  v128.load32_splat                 memarg                             i:v
fd 0a  v128.load64_splat                 memarg                             i:v
fd 0b  v128.store                        memarg                             iv:
fd 0c  v128.const                        v128                               :v
fd 0d  i8x16.shuffle                     shuffle                            vv:v
fd 0e  i8x16.swizzle                     -                                  vv:v
fd 0f  i8x16.splat                       -                                  i:v
fd 10  i16x8.splat                       -                                  i:v
fd 11  i32x4.splat                       -                                  i:v
fd 12  i64x2.splat                       -                                  I:v
fd 13  f32x4.splat                       -                                  f:v
fd 14  f64x2.splat                       -                                  F:v
fd 15  i8x16.extract_lane_s              lane                               v:i
fd 16  i8x16.extract_lane_u              lane                               v:i
fd 17  i8x16.replace_lane                lane                               vi:v
fd 18  i16x8.extract_lane_s              lane                               v:i
fd 19  i16x8.extract_lane_u              lane                               v:i
fd 1a  i16x8.replace_lane                lane                               vi:v
fd 1b  i32x4.extract_lane                lane                               v:i
fd 1c  i32x4.replace_lane                lane                               vi:v
fd 1d  i64x2.extract_lane                lane                               v:I
fd 1e  i64x2.replace_lane                lane                               vI:v
fd 1f  f32x4.extract_lane                lane                               v:f
fd 20  f32x4.replace_lane                lane                               vf:v
fd 21  f64x2.extract_lane                lane                               v:F
fd 22  f64x2.replace_lane                lane                               vF:v
fd 23  i8x16.eq                          -                                  vv:v
fd 24  i8x16.ne                          -                                  vv:v
fd 25  i8x16.lt_s                        -                                  vv:v
fd 26  i8x16.lt_u                        -                                  vv:v
fd 27  i8x16.gt_s                        -                                  vv:v
fd 28  i8x16.gt_u                        -                                  vv:v
fd 29  i8x16.le_s                        -                                  vv:v
fd 2a  i8x16.le_u                        -                                  vv:v
fd 2b  i8x16.ge_s                        -                                  vv:v
fd 2c  i8x16.ge_u                        -                                  vv:v
fd 2d  i16x8.eq                          -                                  vv:v
fd 2e  i16x8.ne                          -                                  vv:v
fd 2f  i16x8.lt_s                        -                                  vv:v
fd 30  i16x8.lt_u                        -                                  vv:v
fd 31  i16x8.gt_s                        -                                  vv:v
fd 32  i16x8.gt_u                        -                                  vv:v
fd 33  i16x8.le_s                        -                                  vv:v
fd 34  i16x8.le_u                        -                                  vv:v
fd 35  i16x8.ge_s                        -                                  vv:v
fd 36  i16x8.ge_u                        -                                  vv:v
fd 37  i32x4.eq                          -                                  vv:v
fd 38  i32x4.ne                          -                                  vv:v
fd 39  i32x4.lt_s                        -                                  vv:v
fd 3a  i32x4.lt_u                        -                                  vv:v
fd 3b  i32x4.gt_s                        -                                  vv:v
fd 3c  i32x4.gt_u                        -                                  vv:v
fd 3d  i32x4.le_s                        -                                  vv:v
fd 3e  i32x4.le_u                        -                                  vv:v
fd 3f  i32x4.ge_s                        -                                  vv:v
fd 40  i32x4.ge_u                        -                                  vv:v
fd 41  f32x4.eq                          -                                  vv:v
fd 42  f32x4.ne                          -                                  vv:v
fd 43  f32x4.lt                          -                                  vv:v
fd 44  f32x4.gt                          -                                  vv:v
fd 45  f32x4.le                          -                                  vv:v
fd 46  f32x4.ge                          -                                  vv:v
fd 47  f64x2.eq                          -                                  vv:v
fd 48  f64x2.ne                          -                                  vv:v
fd 49  f64x2.lt                          -                                  vv:v
fd 4a  f64x2.gt                          -                                  vv:v
fd 4b  f64x2.le                          -                                  vv:v
fd 4c  f64x2.ge                          -                                  vv:v
fd 4d  v128.not                          -                                  v:v
fd 4e  v128.and                          -                                  vv:v
fd 4f  v128.andnot                       -                                  vv:v
fd 50  v128.or                           -                                  vv:v
fd 51  v128.xor                          -                                  vv:v
fd 52  v128.bitselect                    -                                  vvv:v
fd 53  v128.any_true                     -                                  v:i
fd 54  v128.load8_lane                   memarg,lane                        iv:v
fd 55  v128.load16_lane                  memarg,lane                        iv:v
fd 56  v128.load32_lane                  memarg,lane                        iv:v
fd 57  v128.load64_lane                  memarg,lane                        iv:v
fd 58  v128.store8_lane                  memarg,lane                        iv:
fd 59  v128.store16_lane                 memarg,lane                        iv:
fd 5a  v128.store32_lane                 memarg,lane                        iv:
fd 5b  v128.store64_lane                 memarg,lane                        iv:
fd 5c  v128.load32_zero                  memarg                             i:v
fd 5d  v128.load64_zero                  memarg                             i:v
fd 5e  f32x4.demote_f64x2_zero           -                                  v:v
fd 5f  f64x2.promote_low_f32x4           -                                  v:v
fd 60  i8x16.abs                         -                                  v:v
fd 61  i8x16.neg                         -                                  v:v
fd 62  i8x16.popcnt                      -                                  v:v
fd 63  i8x16.all_true                    -                                  v:i
fd 64  i8x16.bitmask                     -                                  v:i
fd 65  i8x16.narrow_i16x8_s              -                                  vv:v
fd 66  i8x16.narrow_i16x8_u              -                                  vv:v
fd 67  f32x4.ceil                        -                                  v:v
fd 68  f32x4.floor                       -                                  v:v
fd 69  f32x4.trunc                       -                                  v:v
fd 6a  f32x4.nearest                     -                                  v:v
fd 6b  i8x16.shl                         -                                  vi:v
fd 6c  i8x16.shr_s                       -                                  vi:v
fd 6d  i8x16.shr_u                       -                                  vi:v
fd 6e  i8x16.add                         -                                  vv:v
fd 6f  i8x16.add_sat_s                   -                                  vv:v
fd 70  i8x16.add_sat_u                   -                                  vv:v
fd 71  i8x16.sub                         -                                  vv:v
fd 72  i8x16.sub_sat_s                   -                                  vv:v
fd 73  i8x16.sub_sat_u                   -                                  vv:v
fd 74  f64x2.ceil                        -                                  v:v
fd 75  f64x2.floor                       -                                  v:v
fd 76  i8x16.min_s                       -                                  vv:v
fd 77  i8x16.min_u                       -                                  vv:v
fd 78  i8x16.max_s                       -                                  vv:v
fd 79  i8x16.max_u                       -                                  vv:v
fd 7a  f64x2.trunc                       -                                  v:v
fd 7b  i8x16.avgr_u                      -                                  vv:v
fd 7c  i16x8.extadd_pairwise_i8x16_s     -                                  v:v
fd 7d  i16x8.extadd_pairwise_i8x16_u     -                                  v:v
fd 7e  i32x4.extadd_pairwise_i16x8_s     -                                  v:v
fd 7f  i32x4.extadd_pairwise_i16x8_u     -                                  v:v
fd 80  i16x8.abs                         -                                  v:v
fd 81  i16x8.neg                         -                                  v:v
fd 82  i16x8.q15mulr_sat_s               -                                  vv:v
fd 83  i16x8.all_true                    -                                  v:i
fd 84  i16x8.bitmask                     -                                  v:i
fd 85  i16x8.narrow_i32x4_s              -                                  vv:v
fd 86  i16x8.narrow_i32x4_u              -                                  vv:v
fd 87  i16x8.extend_low_i8x16_s          -                                  v:v
fd 88  i16x8.extend_high_i8x16_s         -                                  v:v
fd 89  i16x8.extend_low_i8x16_u          -                                  v:v
fd 8a  i16x8.extend_high_i8x16_u         -                                  v:v
fd 8b  i16x8.shl                         -                                  vi:v
fd 8c  i16x8.shr_s                       -                                  vi:v
fd 8d  i16x8.shr_u                       -                                  vi:v
fd 8e  i16x8.add                         -                                  vv:v
fd 8f  i16x8.add_sat_s                   -                                  vv:v
fd 90  i16x8.add_sat_u                   -                                  vv:v
fd 91  i16x8.sub                         -                                  vv:v
fd 92  i16x8.sub_sat_s                   -                                  vv:v
fd 93  i16x8.sub_sat_u                   -                                  vv:v
fd 94  f64x2.nearest                     -                                  v:v
fd 95  i16x8.mul                         -                                  vv:v
fd 96  i16x8.min_s                       -                                  vv:v
fd 97  i16x8.min_u                       -                                  vv:v
fd 98  i16x8.max_s                       -                                  vv:v
fd 99  i16x8.max_u                       -                                  vv:v
fd 9b  i16x8.avgr_u                      -                                  vv:v
fd 9c  i16x8.extmul_low_i8x16_s          -                                  vv:v
fd 9d  i16x8.extmul_high_i8x16_s         -                                  vv:v
fd 9e  i16x8.extmul_low_i8x16_u          -                                  vv:v
fd 9f  i16x8.extmul_high_i8x16_u         -                                  vv:v
fd a0  i32x4.abs                         -                                  v:v
fd a1  i32x4.neg                         -                                  v:v
fd a3  i32x4.all_true                    -                                  v:i
fd a4  i32x4.bitmask                     -                                  v:i
fd a7  i32x4.extend_low_i16x8_s          -                                  v:v
fd a8  i32x4.extend_high_i16x8_s         -                                  v:v
fd a9  i32x4.extend_low_i16x8_u          -                                  v:v
fd aa  i32x4.extend_high_i16x8_u         -                                  v:v
fd ab  i32x4.shl                         -                                  vi:v
fd ac  i32x4.shr_s                       -                                  vi:v
fd ad  i32x4.shr_u                       -                                  vi:v
fd ae  i32x4.add                         -                                  vv:v
fd b1  i32x4.sub                         -                                  vv:v
fd b5  i32x4.mul                         -                                  vv:v
fd b6  i32x4.min_s                       -                                  vv:v
fd b7  i32x4.min_u                       -                                  vv:v
fd b8  i32x4.max_s                       -                                  vv:v
fd b9  i32x4.max_u                       -                                  vv:v
fd ba  i32x4.dot_i16x8_s                 -                                  vv:v
fd bc  i32x4.extmul_low_i16x8_s          -                                  vv:v
fd bd  i32x4.extmul_high_i16x8_s         -                                  vv:v
fd be  i32x4.extmul_low_i16x8_u          -                                  vv:v
fd bf  i32x4.extmul_high_i16x8_u         -                                  vv:v
fd c0  i64x2.abs                         -                                  v:v
fd c1  i64x2.neg                         -                                  v:v
fd c3  i64x2.all_true                    -                                  v:i
fd c4  i64x2.bitmask                     -                                  v:i
fd c7  i64x2.extend_low_i32x4_s          -                                  v:v
fd c8  i64x2.extend_high_i32x4_s         -                                  v:v
fd c9  i64x2.extend_low_i32x4_u          -                                  v:v
fd ca  i64x2.extend_high_i32x4_u         -                                  v:v
fd cb  i64x2.shl                         -                                  vi:v
fd cc  i64x2.shr_s                       -                                  vi:v
fd cd  i64x2.shr_u                       -                                  vi:v
fd ce  i64x2.add                         -                                  vv:v
fd d1  i64x2.sub                         -                                  vv:v
fd d5  i64x2.mul                         -                                  vv:v
fd d6  i64x2.eq                          -                                  vv:v
fd d7  i64x2.ne                          -                                  vv:v
fd d8  i64x2.lt_s                        -                                  vv:v
fd d9  i64x2.gt_s                        -                                  vv:v
fd da  i64x2.le_s                        -                                  vv:v
fd db  i64x2.ge_s                        -                                  vv:v
fd dc  i64x2.extmul_low_i32x4_s          -                                  vv:v
fd dd  i64x2.extmul_high_i32x4_s         -                                  vv:v
fd de  i64x2.extmul_low_i32x4_u          -                                  vv:v
fd df  i64x2.extmul_high_i32x4_u         -                                  vv:v
fd e0  f32x4.abs                         -                                  v:v
fd e1  f32x4.neg                         -                                  v:v
fd e3  f32x4.sqrt                        -                                  v:v
fd e4  f32x4.add                         -                                  vv:v
fd e5  f32x4.sub                         -                                  vv:v
fd e6  f32x4.mul                         -                                  vv:v
fd e7  f32x4.div                         -                                  vv:v
fd e8  f32x4.min                         -                                  vv:v
fd e9  f32x4.max                         -                                  vv:v
fd ea  f32x4.pmin                        -                                  vv:v
fd eb  f32x4.pmax                        -                                  vv:v
fd ec  f64x2.abs                         -                                  v:v
fd ed  f64x2.neg                         -                                  v:v
fd ef  f64x2.sqrt                        -                                  v:v
fd f0  f64x2.add                         -                                  vv:v
fd f1  f64x2.sub                         -                                  vv:v
fd f2  f64x2.mul                         -                                  vv:v
fd f3  f64x2.div                         -                                  vv:v
fd f4  f64x2.min                         -                                  vv:v
fd f5  f64x2.max                         -                                  vv:v
fd f6  f64x2.pmin                        -                                  vv:v
fd f7  f64x2.pmax                        -                                  vv:v
fd f8  i32x4.trunc_sat_f32x4_s           -                                  v:v
fd f9  i32x4.trunc_sat_f32x4_u           -                                  v:v
fd fa  f32x4.convert_i32x4_s             -                                  v:v
fd fb  f32x4.convert_i32x4_u             -                                  v:v
fd fc  i32x4.trunc_sat_f64x2_s_zero      -                                  v:v
fd fd  i32x4.trunc_sat_f64x2_u_zero      -                                  v:v
fd fe  f64x2.convert_low_i32x4_s         -                                  v:v
fd ff  f64x2.convert_low_i32x4_u         -                                  v:v
fd 100 i8x16.relaxed_swizzle             -                                  vv:v
fd 101 i32x4.relaxed_trunc_f32x4_s       -                                  v:v
fd 102 i32x4.relaxed_trunc_f32x4_u       -                                  v:v
fd 103 i32x4.relaxed_trunc_f64x2_s_zero  -                                  v:v
fd 104 i32x4.relaxed_trunc_f64x2_u_zero  -                                  v:v
fd 105 f32x4.relaxed_madd                -                                  vvv:v
fd 106 f32x4.relaxed_nmadd               -                                  vvv:v
fd 107 f64x2.relaxed_madd                -                                  vvv:v
fd 108 f64x2.relaxed_nmadd               -                                  vvv:v
fd 109 i8x16.relaxed_laneselect          -                                  vvv:v
fd 10a i16x8.relaxed_laneselect          -                                  vvv:v
fd 10b i32x4.relaxed_laneselect          -                                  vvv:v
fd 10c i64x2.relaxed_laneselect          -                                  vvv:v
fd 10d f32x4.relaxed_min                 -                                  vv:v
fd 10e f32x4.relaxed_max                 -                                  vv:v
fd 10f f64x2.relaxed_min                 -                                  vv:v
fd 110 f64x2.relaxed_max                 -                                  vv:v
fd 111 i16x8.relaxed_q15mulr_s           -                                  vv:v
fd 112 i16x8.relaxed_dot_i8x16_i7x16_s   -                                  vv:v
fd 113 i32x4.relaxed_dot_i8x16_i7x16_add_s -                                  vvv:v
fe 00  memory.atomic.notify              memarg                             ii:i
fe 01  memory.atomic.wait32              memarg                             iiI:i
fe 02  memory.atomic.wait64              memarg                             iII:i
fe 03  atomic.fence                      zero                               :
fe 10  i32.atomic.load                   memarg                             i:i
fe 11  i64.atomic.load                   memarg                             i:I
fe 12  i32.atomic.load8_u                memarg                             i:i
fe 13  i32.atomic.load16_u               memarg                             i:i
fe 14  i64.atomic.load8_u                memarg                             i:I
fe 15  i64.atomic.load16_u               memarg                             i:I
fe 16  i64.atomic.load32_u               memarg                             i:I
fe 17  i32.atomic.store                  memarg                             ii:
fe 18  i64.atomic.store                  memarg                             iI:
fe 19  i32.atomic.store8                 memarg                             ii:
fe 1a  i32.atomic.store16                memarg                             ii:
fe 1b  i64.atomic.store8                 memarg                             iI:
fe 1c  i64.atomic.store16                memarg                             iI:
fe 1d  i64.atomic.store32                memarg                             iI:
fe 1e  i32.atomic.rmw.add                memarg                             ii:i
fe 1f  i64.atomic.rmw.add                memarg                             iI:I
fe 20  i32.atomic.rmw8.add_u             memarg                             ii:i
fe 21  i32.atomic.rmw16.add_u            memarg                             ii:i
fe 22  i64.atomic.rmw8.add_u             memarg                             iI:I
fe 23  i64.atomic.rmw16.add_u            memarg                             iI:I
fe 24  i64.atomic.rmw32.add_u            memarg                             iI:I
fe 25  i32.atomic.rmw.sub                memarg                             ii:i
fe 26  i64.atomic.rmw.sub                memarg                             iI:I
fe 27  i32.atomic.rmw8.sub_u             memarg                             ii:i
fe 28  i32.atomic.rmw16.sub_u            memarg                             ii:i
fe 29  i64.atomic.rmw8.sub_u             memarg                             iI:I
fe 2a  i64.atomic.rmw16.sub_u            memarg                             iI:I
fe 2b  i64.atomic.rmw32.sub_u            memarg                             iI:I
fe 2c  i32.atomic.rmw.and                memarg                             ii:i
fe 2d  i64.atomic.rmw.and                memarg                             iI:I
fe 2e  i32.atomic.rmw8.and_u             memarg                             ii:i
fe 2f  i32.atomic.rmw16.and_u            memarg                             ii:i
fe 30  i64.atomic.rmw8.and_u             memarg                             iI:I
fe 31  i64.atomic.rmw16.and_u            memarg                             iI:I
fe 32  i64.atomic.rmw32.and_u            memarg                             iI:I
fe 33  i32.atomic.rmw.or                 memarg                             ii:i
fe 34  i64.atomic.rmw.or                 memarg                             iI:I
fe 35  i32.atomic.rmw8.or_u              memarg                             ii:i
fe 36  i32.atomic.rmw16.or_u             memarg                             ii:i
fe 37  i64.atomic.rmw8.or_u              memarg                             iI:I
fe 38  i64.atomic.rmw16.or_u             memarg                             iI:I
fe 39  i64.atomic.rmw32.or_u             memarg                             iI:I
fe 3a  i32.atomic.rmw.xor                memarg                             ii:i
fe 3b  i64.atomic.rmw.xor                memarg                             iI:I
fe 3c  i32.atomic.rmw8.xor_u             memarg                             ii:i
fe 3d  i32.atomic.rmw16.xor_u            memarg                             ii:i
fe 3e  i64.atomic.rmw8.xor_u             memarg                             iI:I
fe 3f  i64.atomic.rmw16.xor_u            memarg                             iI:I
fe 40  i64.atomic.rmw32.xor_u            memarg                             iI:I
fe 41  i32.atomic.rmw.xchg               memarg                             ii:i
fe 42  i64.atomic.rmw.xchg               memarg                             iI:I
fe 43  i32.atomic.rmw8.xchg_u            memarg                             ii:i
fe 44  i32.atomic.rmw16.xchg_u           memarg                             ii:i
fe 45  i64.atomic.rmw8.xchg_u            memarg                             iI:I
fe 46  i64.atomic.rmw16.xchg_u           memarg                             iI:I
fe 47  i64.atomic.rmw32.xchg_u           memarg                             iI:I
fe 48  i32.atomic.rmw.cmpxchg            memarg                             iii:i
fe 49  i64.atomic.rmw.cmpxchg            memarg                             iII:I
fe 4a  i32.atomic.rmw8.cmpxchg_u         memarg                             iii:i
fe 4b  i32.atomic.rmw16.cmpxchg_u        memarg                             iii:i
fe 4c  i64.atomic.rmw8.cmpxchg_u         memarg                             iII:I
fe 4d  i64.atomic.rmw16.cmpxchg_u        memarg                             iII:I
fe 4e  i64.atomic.rmw32.cmpxchg_u        memarg                             iII:I
`;

/** The kinds of immediates; all that are not named otherwise below are unsigned LEB128 indices. */
export type ImmediateKind =
  | "blocktype"
  | "label"
  | "labels" // a vector of labels and a default
  | "func"
  | "type"
  | "table"
  | "local"
  | "global"
  | "memory"
  | "data"
  | "elem"
  | "tag"
  | "field"
  | "count"
  | "memarg" // alignment, with bit 6 saying that a memory index follows; then the offset
  | "lane" // one byte
  | "zero" // one byte, reserved
  | "castflags" // one byte
  | "i32" // signed LEB128
  | "i64" // signed LEB128
  | "f32" // four bytes
  | "f64" // eight bytes
  | "v128" // sixteen bytes
  | "shuffle" // sixteen lane bytes
  | "heaptype" // signed LEB128 of 33 bits
  | "valtypes" // a vector of value types
  | "catches"; // a vector of catch clauses

/** One row of the table. */
export interface Opcode {
  /** The byte itself, or prefix * 0x1000 + sub-opcode: `memory.copy` (0xfc 0x0a) is 0xfc00a. */
  readonly code: number;
  readonly name: string;
  readonly immediates: readonly ImmediateKind[];
  /** Operands and results as letters, or undefined where they depend on more than the opcode. */
  readonly effect: { readonly operands: string; readonly results: string } | undefined;
}

function parseRow(row: string): Opcode {
  const match = /^([\da-e]\w|f[bcde])(?: ([\da-f]+))? +([a-z]\S+) +(\S+) +(\S+)$/.exec(row);
  if (match === null) throw new Error(`malformed opcode row: ${row}`);
  const [, first, sub, name, immediates, effect] = match as unknown as string[];
  const [operands, results] = effect!.split(":");
  return {
    code:
      sub === undefined ? parseInt(first!, 16) : parseInt(first!, 16) * 0x1000 + parseInt(sub, 16),
    name: name!,
    immediates: immediates === "-" ? [] : (immediates!.split(",") as ImmediateKind[]),
    effect: effect === "*" ? undefined : { operands: operands!, results: results! },
  };
}

/** All instructions in the order of their codes. */
export const opcodes: readonly Opcode[] = table.trim().split("\n").map(parseRow);

const byName = new Map(opcodes.map((opcode) => [opcode.name, opcode]));
const byCode = new Map(opcodes.map((opcode) => [opcode.code, opcode]));

/** Finds an instruction by its name in the text format (`select_t` is the typed `select`). */
export function opcodeNamed(name: string): Opcode {
  const opcode = byName.get(name);
  if (opcode === undefined) throw new Error(`no instruction is named ${name}`);
  return opcode;
}

/** Finds an instruction by its code (see `Opcode.code`). */
export function opcodeOf(code: number): Opcode | undefined {
  return byCode.get(code);
}
