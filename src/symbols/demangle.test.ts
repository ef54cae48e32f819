import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { demangle } from "./demangle.ts";

const rows: readonly (readonly [mangled: string, demangled: string])[] = [
  // Suffixes and prefixes.
  ["_ZN3foo3barEv", "foo::bar()"],
  ["__ZN3foo3barEv", "foo::bar()"],
  ["_ZN3foo3barEv.llvm.123", "foo::bar() (.llvm.123)"],
  ["_ZN3foo3barEv.cold", "foo::bar() (.cold)"],
  ["_ZN3foo3barEv.123", "foo::bar() (.123)"],
  ["___Z3foov_block_invoke_2", "invocation function for block in foo()"],
  // Lengths count bytes of UTF-8.
  ["_Z4fö1v", "fö1()"],
  // What LLVM 16's own tool does not know, by the ABI.
  ["_ZN3fooB3tagC1Ev", "foo[abi:tag]::foo()"],
  ["_ZN3foopmEv", "foo::operator->*()"],
  ["_ZNH3foo3barEiS_", "foo::bar(this int, foo)"],
  ["_Z1fIiEDTawfp_Ev", "decltype(co_await fp) f<int>()"],
  ["_Z1fDF16b", "f(std::bfloat16_t)"],
  ["_Z1fu11__remove_cvIiE", "f(__remove_cv(int))"],
  ["_Z1fITnDaLi3EEvv", "void f<3>()"],
  ["_Z1fILDu97EEvv", "void f<(char8_t)97>()"],
  ["_ZGTtNKSt9exception4whatEv", "transaction clone for std::exception::what() const"],
  // Rust.
  ["_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt"],
  ["__ZN3foo3bar17h0123456789abcdefE", "foo::bar"],
  ["_ZN3foo3bar17h0123456789abcdefE.llvm.8A23F0", "foo::bar"],
  ["_ZN3foo3bar17h0123456789abcdefE.cold", "foo::bar.cold"],
  ["_ZN33_$LT$a..B$u20$as$u20$c..D$C$E$GT$3foo17h0123456789abcdefE", "<a::B as c::D,E>::foo"],
  ["_ZN8_$u7b$x$17h0123456789abcdefE", "{x$"],
  ["_RNvCs1234_7mycrate3foo", "mycrate::foo"],
  ["__RNvCs1234_7mycrate3foo", "mycrate::foo"],
  ["_RNvC7mycrateu8gdel_5qa", "mycrate::gödel"],
  ["_RNCNvC1a1bs_0", "a::b::{closure#1}"],
  ["_RINvC1a1fKc27_KRe22c3a9_E", "a::f::<'\\'', \"\\\"é\">"],
  ["_RINvC1a1fKVNtC1a1bS1xj1_1yb1_EE", "a::f::<{a::b { x: 1, y: true }}>"],
  ["_RINvC1a1fFG_UKCRL0_eEuE", "a::f::<for<'a> unsafe extern \"C\" fn(&'a str)>"],
  ["_RINvC1a1fDNtC1a1bp1xjEL_E", "a::f::<dyn a::b<x = usize>>"],
  ["_RINvC1a1fKof0000000000000000_E", "a::f::<0xf0000000000000000>"],
];

for (const [mangled, demangled] of rows) {
  test(`demangles ${mangled}`, () => assert.equal(demangle(mangled), demangled));
}

const unchanged: readonly string[] = [
  "",
  "main",
  "_Z",
  "_ZN",
  "_R",
  "__wasm_call_ctors",
  "_start",
  "runtime.gcStart",
  "main.(*Tree).Insert",
  "go.shape.int_0",
  "~lib/rt/itcms/visitRoots",
  "assembly/index/foo",
  "$s4main3fooyyF",
  "_ZN4core3fmt99xE",
  "_ZSs",
  "_Z1fS_",
  "_Z1fT_",
  "_RB_",
  "_RNvB_1a",
  "_R0NvC1a1b",
  // Names that refer to themselves.
  "_ZN3foocvPT_IS0_EEv",
  "_ZN3foocvRT_IS0_EEv",
  "_ZN3foocvKT_IS0_EEvPS_",
  "_ZN3foocvFT_vEIS0_EEvS0_S1_",
];

for (const name of unchanged) {
  test(`leaves ${JSON.stringify(name)} as it is`, () => assert.equal(demangle(name), name));
}

function reference(index: number): string {
  return index === 0 ? "S_" : `S${(index - 1).toString(36).toUpperCase()}_`;
}

/** References to the types before: each type prints twice as long as the one before. */
function doublingCxx(count: number): string {
  let name = "_Z1fPFviiE";
  // S_ is the function type, S0_ the pointer; each round adds a function type and a pointer.
  for (let round = 0; round < count; round++) {
    const last = reference(2 * round + 1);
    name += `PFv${last}${last}E`;
  }
  return name;
}

function doublingRust(count: number): string {
  const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const number = (value: number): string =>
    value === 0
      ? "_"
      : `${value > 62 ? digits[Math.floor((value - 1) / 62)] : ""}${digits[(value - 1) % 62]}_`;
  let path = "IC1aThhE";
  let last = 4;
  for (let round = 1; round < count; round++) {
    const here = path.length;
    path += `TB${number(last)}B${number(last)}E`;
    last = here;
  }
  return `_R${path}E`;
}

test("prints names that grow slowly enough, and gives up on the others", () => {
  assert.equal(
    demangle(doublingCxx(1)),
    "f(void (*)(int, int), void (*)(void (*)(int, int), void (*)(int, int)))",
  );
  assert.equal(demangle(doublingRust(2)), "a::<(u8, u8), ((u8, u8), (u8, u8))>");
  for (const name of [doublingCxx(60), doublingRust(60)]) assert.equal(demangle(name), name);
});

const deep = 20_000;
const hostile: readonly string[] = [
  `_Z1f${"P".repeat(deep)}i`,
  `_Z1f${"A1_".repeat(deep)}i`,
  `_Z${"N1a".repeat(deep)}${"E".repeat(deep)}`,
  `_Z${"1aI".repeat(deep / 2)}i${"E".repeat(deep / 2)}`,
  `_Z1fIiEDT${"pl".repeat(deep)}${"Li1E".repeat(100)}Ev`,
  `_Z${"Z1fvE".repeat(deep / 2)}1x`,
  `_ZN${"Z1av".repeat(deep / 2)}`,
  `_Z1f${"U1a".repeat(deep)}i`,
  `_Z${"9".repeat(deep)}`,
  `_ZUlTy${"TpTt".repeat(deep / 2)}`,
  `_R${"NvC1a1b".repeat(5000)}`,
  `_RINvC1a1b${"T".repeat(deep)}`,
  `_RINvC1a1bFG${"z".repeat(10)}_EuE`,
  `_RNvC1au${deep}${"a".repeat(deep)}`,
  `_Z1f${"x".repeat(1 << 17)}`,
];

for (const name of hostile) {
  test(`gives up quickly on ${name.slice(0, 24)}…`, () => {
    const start = process.cpuUsage();
    assert.equal(demangle(name), name);
    assert.ok(process.cpuUsage(start).user < 500_000);
  });
}

test("survives a small stack", () => {
  // Half of Node's stack is used up by the caller.
  const dig = (depth: number): string =>
    depth === 0 ? demangle(`_Z1f${"P".repeat(200)}i`) : dig(depth - 1);
  assert.equal(dig(3000), `f(int${"*".repeat(200)})`);
});

const pieces = fc.constantFrom(
  ..."N E I J X L Z P R O K V F A M D T S C U B W s t i v c f".split(" "),
  ..."_ S_ S0_ T_ T0_ Dp Dt DT sr cv cl pl Ul Ut St Sa Ss 1a 3foo Li1E Lb0E fp_ fL0p_ gs il tl".split(
    " ",
  ),
  ..."Nv Nt C1a Cs_1a Y Q G_ p h j B_ B1_ B2_ s_ u3tda 17h0123456789abcdefE .cold $LT$ ..".split(
    " ",
  ),
);

test("never throws and never returns more than a bounded text", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("_Z", "_ZN", "_R", "_RIC1a", "_Z1fI", "_Z1fIiEDT", "_ZN1acvT_I", "___Z"),
      fc.array(fc.oneof({ weight: 9, arbitrary: pieces }, { weight: 1, arbitrary: fc.string() }), {
        maxLength: 60,
      }),
      (prefix, parts) => {
        const name = prefix + parts.join("");
        const text = demangle(name);
        assert.ok(text.length < 1 << 20);
      },
    ),
    { numRuns: 5000 },
  );
});

test("returns any name that is not mangled", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      fc.pre(!/^_+[ZR]/.test(name));
      assert.equal(demangle(name), name);
    }),
  );
});
