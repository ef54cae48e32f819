// Canny's edge detection in integers: blur, gradient, only the ridges of it, and of these the strong ones with the weak ones
// that hang together with them. `canny [pgm] < IMAGE` prints a checksum, or the edges as an image.
#include "netpbm.h"

// Gradients by Sobel's operator reach 1442; compared as squares.
enum { WEAK = 60 * 60, STRONG = 140 * 140 };
enum { NO_EDGE = 0, MAYBE = 128, EDGE = 255 };

// A Gaussian with a deviation of 1.4; sums up to 159.
static const uint8_t gaussian[5][5] = {{2, 4, 5, 4, 2}, {4, 9, 12, 9, 4}, {5, 12, 15, 12, 5}, {4, 9, 12, 9, 4}, {2, 4, 5, 4, 2}};

NOINLINE static void blur(image in, image out) {
  for (int y = 0; y < in.height; y++) {
    for (int x = 0; x < in.width; x++) {
      int sum = 0;
      for (int dy = -2; dy <= 2; dy++) {
        const uint8_t *row = pixel(in, 0, clamped(y + dy, in.height));
        for (int dx = -2; dx <= 2; dx++) sum += gaussian[dy + 2][dx + 2] * row[clamped(x + dx, in.width)];
      }
      *pixel(out, x, y) = (uint8_t)(sum / 159);
    }
  }
}

NOINLINE static void gradient(image in, int16_t *gx, int16_t *gy, int32_t *strength) {
  for (int y = 0; y < in.height; y++) {
    const uint8_t *above = pixel(in, 0, clamped(y - 1, in.height)), *here = pixel(in, 0, y);
    const uint8_t *below = pixel(in, 0, clamped(y + 1, in.height));
    for (int x = 0; x < in.width; x++) {
      int left = clamped(x - 1, in.width), right = clamped(x + 1, in.width);
      int across = above[right] + 2 * here[right] + below[right] - above[left] - 2 * here[left] - below[left];
      int down = below[left] + 2 * below[x] + below[right] - above[left] - 2 * above[x] - above[right];
      size_t at = (size_t)y * (size_t)in.width + (size_t)x;
      gx[at] = (int16_t)across, gy[at] = (int16_t)down;
      strength[at] = across * across + down * down;
    }
  }
}

// Keeps what is stronger than its neighbours along the gradient. The border has no edges.
NOINLINE static void keep_ridges(image out, const int16_t *gx, const int16_t *gy, const int32_t *strength) {
  for (int y = 1; y < out.height - 1; y++) {
    for (int x = 1; x < out.width - 1; x++) {
      int at = y * out.width + x, across = abs(gx[at]), down = abs(gy[at]);
      // 70 / 169 is the tangent of 22.5 degrees.
      int step;
      if (down * 169 < across * 70) step = 1;
      else if (across * 169 < down * 70) step = out.width;
      else step = (gx[at] < 0) == (gy[at] < 0) ? out.width + 1 : out.width - 1;
      int ridge = strength[at] > strength[at - step] && strength[at] >= strength[at + step];
      *pixel(out, x, y) = !ridge || strength[at] < WEAK ? NO_EDGE : strength[at] < STRONG ? MAYBE : EDGE;
    }
  }
}

NOINLINE static uint32_t follow(image edges, int32_t *stack) {
  size_t count = (size_t)edges.width * (size_t)edges.height, depth = 0;
  uint32_t found = 0;
  for (size_t i = 0; i < count; i++)
    if (edges.pixels[i] == EDGE) stack[depth++] = (int32_t)i;
  while (depth > 0) {
    int at = stack[--depth];
    found++;
    // No edge lies on the border, so that all neighbours exist.
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        int next = at + dy * edges.width + dx;
        if (edges.pixels[next] != MAYBE) continue;
        edges.pixels[next] = EDGE;
        stack[depth++] = next;
      }
    }
  }
  for (size_t i = 0; i < count; i++)
    if (edges.pixels[i] == MAYBE) edges.pixels[i] = NO_EDGE;
  return found;
}

static int run(int argc, char **argv) {
  size_t size;
  const uint8_t *at = read_all(0, &size);
  image in = read_image(&at, at + size), blurred = new_image(in.width, in.height), edges = new_image(in.width, in.height);
  size_t count = (size_t)in.width * (size_t)in.height;
  int16_t *gx = allocate(count * sizeof *gx), *gy = allocate(count * sizeof *gy);
  int32_t *strength = allocate(count * sizeof *strength), *stack = allocate(count * sizeof *stack);
  blur(in, blurred);
  gradient(blurred, gx, gy, strength);
  keep_ridges(edges, gx, gy, strength);
  uint32_t found = follow(edges, stack);
  line l = {.length = 0};
  if (argc > 1 && strcmp(argv[1], "pgm") == 0) {
    put_text(&l, "P5 "), put_number(&l, (uint64_t)in.width), put_character(&l, ' ');
    put_number(&l, (uint64_t)in.height), put_text(&l, " 255"), end_line(&l, 1);
    write_all(1, edges.pixels, count);
    return 0;
  }
  put_text(&l, "canny"), put_field(&l, "width", (uint64_t)in.width), put_field(&l, "height", (uint64_t)in.height);
  put_field(&l, "edges", found);
  put_text(&l, " checksum="), put_hex(&l, hash_bytes(HASH_START, edges.pixels, count), 16);
  end_line(&l, 1);
  return 0;
}
