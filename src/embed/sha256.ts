/** The first 32 bits of the fractional parts of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function fractions(count: number, root: (prime: number) => number): Uint32Array {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return Uint32Array.from(primes, (prime) => Math.floor((root(prime) % 1) * 2 ** 32));
}

const roundConstants = fractions(64, Math.cbrt);
const initialHash = fractions(8, Math.sqrt);

/** Gives the SHA-256 in hexadecimal digits. Browsers have one as well, but asynchronous, and on safe origins only. */
export function sha256(bytes: Uint8Array): string {
  const hash = initialHash.slice();
  const schedule = new Uint32Array(64);
  const padded = new Uint8Array((Math.floor((bytes.length % 64) / 56) + 1) * 64);
  const whole = bytes.length - (bytes.length % 64);
  padded.set(bytes.subarray(whole));
  padded[bytes.length - whole] = 0x80;
  const ending = new DataView(padded.buffer);
  ending.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  ending.setUint32(padded.length - 4, (bytes.length * 8) >>> 0);
  const start = new DataView(bytes.buffer, bytes.byteOffset, whole);
  for (let at = 0; at < whole; at += 64) compress(hash, schedule, start, at);
  for (let at = 0; at < padded.length; at += 64) compress(hash, schedule, ending, at);
  return Array.from(hash, (word) => word.toString(16).padStart(8, "0")).join("");
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** Mixes one block of 64 bytes into the hash (6.2.2). */
function compress(hash: Uint32Array, w: Uint32Array, block: DataView, at: number): void {
  for (let t = 0; t < 16; t++) w[t] = block.getUint32(at + t * 4);
  for (let t = 16; t < 64; t++) {
    const [x, y] = [w[t - 15]!, w[t - 2]!];
    const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = w[t - 16]! + small0 + w[t - 7]! + small1;
  }
  let a = hash[0]!;
  let b = hash[1]!;
  let c = hash[2]!;
  let d = hash[3]!;
  let e = hash[4]!;
  let f = hash[5]!;
  let g = hash[6]!;
  let h = hash[7]!;
  for (let t = 0; t < 64; t++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + roundConstants[t]! + w[t]!) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, at8) => {
    hash[at8]! += word;
  });
}
