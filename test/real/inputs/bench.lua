-- Strings, tables, closures and numbers: a word count, a sieve, a matrix product, an N-body step.
local words, total = {}, 0
for line in io.lines("/in/words.txt") do
  for word in line:gmatch("%a+") do
    local key = word:lower()
    words[key] = (words[key] or 0) + 1
    total = total + 1
  end
end
local keys = {}
for key in pairs(words) do keys[#keys + 1] = key end
table.sort(keys, function(a, b)
  if words[a] ~= words[b] then return words[a] > words[b] end
  return a < b
end)
print("words", total, #keys)
for i = 1, 5 do print(keys[i], words[keys[i]]) end

local sieve, count = {}, 0
for i = 2, 200000 do
  if not sieve[i] then
    count = count + 1
    for j = i * i, 200000, i do sieve[j] = true end
  end
end
print("primes", count)

local function matrix(n, f)
  local m = {}
  for i = 1, n do
    m[i] = {}
    for j = 1, n do m[i][j] = f(i, j) end
  end
  return m
end
local n = 60
local a = matrix(n, function(i, j) return i + j / 7 end)
local b = matrix(n, function(i, j) return i * j % 11 end)
local c = matrix(n, function(i, j)
  local sum = 0.0
  for k = 1, n do sum = sum + a[i][k] * b[k][j] end
  return sum
end)
print(string.format("matrix %.6f", c[17][31]))

local parts = setmetatable({}, { __index = function(_, key) return "part " .. key end })
local text = {}
for i = 1, 20000 do text[#text + 1] = (parts[i % 97]):rep(2, ","):gsub("%d", "#") end
print("text", #table.concat(text, ";"))
