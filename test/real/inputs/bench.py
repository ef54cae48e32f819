# Dictionaries, generators, classes, exceptions, regular expressions, big integers, sorting.
import json, re, hashlib
from collections import Counter
from functools import lru_cache

with open("/in/words.txt") as file:
    words = re.findall(r"[a-z]+", file.read(40000).lower())
print(len(words), Counter(words).most_common(3))


@lru_cache(maxsize=None)
def binomial(n, k):
    return 1 if k in (0, n) else binomial(n - 1, k - 1) + binomial(n - 1, k)


print("binomial", binomial(40, 20))


class Vector:
    def __init__(self, *parts):
        self.parts = parts

    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self.parts, other.parts)))


total = Vector(0, 0, 0)
for i in range(5000):
    total += Vector(i, i * i, i ** 3)
print("sum", total.parts)
text = json.dumps({str(i): [i, i / 3, {"deep": str(i)}] for i in range(1500)})
print("json", len(text), hashlib.sha256(text.encode()).hexdigest())
caught = 0
for i in range(3000):
    try:
        [][i]
    except IndexError:
        caught += 1
print("caught", caught)
print("digits", str(3**5000)[:30])
