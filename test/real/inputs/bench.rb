# Blocks, hashes, symbols, regular expressions, exceptions, big integers.
words = File.read("/in/words.txt")[0, 40_000].downcase.scan(/[a-z]+/)
puts words.tally.max_by(3) { |word, count| [count, word] }.inspect
Point = Struct.new(:x, :y) do
  def +(other) = Point.new(x + other.x, y + other.y)
end
puts (1..20_000).map { |i| Point.new(i, i * i) }.reduce(:+).inspect
puts (1..30_000).lazy.select { |i| i % 3 == 0 }.map { |i| i.to_s.reverse.to_i }.first(5000).sum
memo = Hash.new { |hash, n| hash[n] = n < 2 ? n : hash[n - 1] + hash[n - 2] }
puts memo[120]
caught = 0
2000.times do |i|
  Integer("x#{i}")
rescue ArgumentError
  caught += 1
end
puts caught, (2**500).to_s(36)
