<?php
// Arrays, strings, regular expressions, closures, exceptions, sorting.
$text = substr(file_get_contents('/in/words.txt'), 0, 60000);
preg_match_all('/[a-z]+/i', strtolower($text), $found);
$counts = array_count_values($found[0]);
uksort($counts, fn($a, $b) => [$counts[$b], $a] <=> [$counts[$a], $b]);
print_r(array_slice($counts, 0, 4));
function fib(int $n): int { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }
echo fib(22), "\n";
$rows = array_map(fn($i) => ['id' => $i, 'key' => md5((string) $i)], range(1, 5000));
usort($rows, fn($a, $b) => strcmp($a['key'], $b['key']));
echo $rows[0]['id'], ' ', $rows[4999]['key'], ' ', strlen(json_encode($rows)), "\n";
$caught = 0;
for ($i = 0; $i < 3000; $i++) {
    try { if ($i % 2) throw new RuntimeException("odd $i"); } catch (RuntimeException $error) { $caught += strlen($error->getMessage()); }
}
echo $caught, "\n";
