import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { input, packages } from "./load.mjs";

const url = pathToFileURL(join(packages, "@6over3/zeroperl-ts/dist/esm/index.js")).href;
const { ZeroPerl } = await import(url);
const perl = await ZeroPerl.create({
  env: { PERL_HASH_SEED: "0", PERL_PERTURB_KEYS: "0" },
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
await perl.eval(`
  $| = 1;
  my $text = q{${input("words.txt").slice(0, 20000)}};
  my %count;
  $count{lc $1}++ while $text =~ /(\\w+)/g;
  my @top = (sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count)[0 .. 4];
  printf "%s %d\\n", $_, $count{$_} for @top;
  sub fib { my $n = shift; $n < 2 ? $n : fib($n - 1) + fib($n - 2) }
  print fib(17), "\\n";
  for (1 .. 200) { eval { die { code => $_ } }; $sum += $@->{code} }
  print "$sum\\n";
`);
perl.flush();
perl.dispose();
