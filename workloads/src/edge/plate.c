// Finds licence plates by morphology: dark marks on light ground that stand close beside each other. `plate < IMAGES` prints
// a box for each image.
#include "netpbm.h"

typedef uint8_t (*choice)(uint8_t, uint8_t);
static uint8_t smaller(uint8_t a, uint8_t b) { return a < b ? a : b; }
static uint8_t larger(uint8_t a, uint8_t b) { return a > b ? a : b; }

// The smallest or largest of each window of `window` values (an odd number) of a line that lies in memory with a stride,
// by the method of van Herk, and Gil and Werman: three comparisons a value, whatever the window.
static inline void extremes(uint8_t *values, int count, size_t stride, int window, uint8_t neutral, choice better, uint8_t *work) {
  int half = window / 2, padded = (count + 2 * half + window - 1) / window * window;
  uint8_t *line_of = work, *ahead = work + padded, *back = ahead + padded;
  for (int i = 0; i < padded; i++)
    line_of[i] = i < half || i >= count + half ? neutral : values[(size_t)(i - half) * stride];
  for (int i = 0; i < padded; i++) ahead[i] = i % window == 0 ? line_of[i] : better(ahead[i - 1], line_of[i]);
  for (int i = padded - 1; i >= 0; i--) back[i] = i % window == window - 1 ? line_of[i] : better(back[i + 1], line_of[i]);
  for (int i = 0; i < count; i++) values[(size_t)i * stride] = better(back[i], ahead[i + window - 1]);
}

static inline void over_rectangle(image i, int wide, int high, uint8_t neutral, choice better, uint8_t *work) {
  for (int y = 0; y < i.height; y++) extremes(pixel(i, 0, y), i.width, 1, wide, neutral, better, work);
  for (int x = 0; x < i.width; x++) extremes(pixel(i, x, 0), i.height, (size_t)i.width, high, neutral, better, work);
}

NOINLINE static void erode(image i, int wide, int high, uint8_t *work) { over_rectangle(i, wide, high, 255, smaller, work); }
NOINLINE static void dilate(image i, int wide, int high, uint8_t *work) { over_rectangle(i, wide, high, 0, larger, work); }

// Otsu's threshold: the one that separates the values into the two groups that differ most.
NOINLINE static int threshold_of(image i) {
  uint32_t counts[256] = {0};
  size_t count = (size_t)i.width * (size_t)i.height;
  for (size_t at = 0; at < count; at++) counts[i.pixels[at]]++;
  double all = 0, below = 0, weight = 0, most = -1;
  int best = 0;
  for (int v = 0; v < 256; v++) all += (double)v * counts[v];
  for (int v = 0; v < 255; v++) {
    weight += counts[v], below += (double)v * counts[v];
    double rest = (double)count - weight;
    if (weight == 0 || rest == 0) continue;
    double difference = below / weight - (all - below) / rest;
    double between = weight * rest * difference * difference;
    if (between > most) most = between, best = v;
  }
  return best;
}

static void binarise(image i, int threshold) {
  for (size_t at = 0, count = (size_t)i.width * (size_t)i.height; at < count; at++) i.pixels[at] = i.pixels[at] > threshold ? 255 : 0;
}

// How much brightness changes from left to right, stretched to the whole range.
NOINLINE static void across(image in, image out) {
  int most = 1;
  for (int pass = 0; pass < 2; pass++) {
    for (int y = 0; y < in.height; y++) {
      const uint8_t *above = pixel(in, 0, clamped(y - 1, in.height)), *here = pixel(in, 0, y);
      const uint8_t *below = pixel(in, 0, clamped(y + 1, in.height));
      for (int x = 0; x < in.width; x++) {
        int left = clamped(x - 1, in.width), right = clamped(x + 1, in.width);
        int change = abs(above[right] + 2 * here[right] + below[right] - above[left] - 2 * here[left] - below[left]);
        if (pass == 0) most = change > most ? change : most;
        else *pixel(out, x, y) = (uint8_t)(change * 255 / most);
      }
    }
  }
}

typedef struct {
  int left, top, right, bottom, area;
} box;

// The part that hangs together with a pixel; wipes it out.
NOINLINE static box take_part(image i, int start, int32_t *stack) {
  box b = {i.width, i.height, -1, -1, 0};
  size_t depth = 0;
  stack[depth++] = start;
  i.pixels[start] = 0;
  while (depth > 0) {
    int at = stack[--depth], x = at % i.width, y = at / i.width;
    if (x < b.left) b.left = x;
    if (x > b.right) b.right = x;
    if (y < b.top) b.top = y;
    if (y > b.bottom) b.bottom = y;
    b.area++;
    for (int side = 0; side < 4; side++) {
      int nx = x + (side == 0) - (side == 1), ny = y + (side == 2) - (side == 3);
      if (nx < 0 || ny < 0 || nx >= i.width || ny >= i.height || *pixel(i, nx, ny) == 0) continue;
      *pixel(i, nx, ny) = 0;
      stack[depth++] = ny * i.width + nx;
    }
  }
  return b;
}

// Plates are between 2.2 and 8 times as wide as high, of some size, and filled by their characters.
static int looks_like_plate(box b, image i) {
  int wide = b.right - b.left + 1, high = b.bottom - b.top + 1;
  return wide * 10 >= high * 22 && wide <= high * 8 && wide * 16 >= i.width && wide * 2 <= i.width && b.area * 2 >= wide * high;
}

NOINLINE static image cut_out(image from, box b) {
  image part = new_image(b.right - b.left + 1, b.bottom - b.top + 1);
  for (int y = 0; y < part.height; y++) memcpy(pixel(part, 0, y), pixel(from, b.left, b.top + y), (size_t)part.width);
  return part;
}

// How much lighter the ground is than the marks on it; 0 unless most is ground, and not all.
NOINLINE static double contrast_in(image grey, box b) {
  image part = cut_out(grey, b);
  int threshold = threshold_of(part);
  double sums[2] = {0, 0}, counts[2] = {0, 0}, all = (double)part.width * part.height;
  for (int i = 0; i < part.width * part.height; i++) {
    int ground = part.pixels[i] > threshold;
    sums[ground] += part.pixels[i], counts[ground]++;
  }
  if (counts[1] < 0.6 * all || counts[1] > 0.95 * all) return 0;
  return sums[1] / counts[1] - sums[0] / counts[0];
}

// Grows a box that holds the characters to the light ground that they stand on: what is light in the box's surroundings,
// the characters filled in, and hangs together with its middle.
NOINLINE static box whole_plate(image light, box b, int32_t *stack) {
  int margin = b.bottom - b.top + 1;
  box around = {clamped(b.left - margin, light.width), clamped(b.top - margin, light.height),
                clamped(b.right + margin, light.width), clamped(b.bottom + margin, light.height), 0};
  image part = cut_out(light, around);
  binarise(part, threshold_of(part));
  int x = (b.left + b.right) / 2 - around.left, y = (b.top + b.bottom) / 2 - around.top;
  if (*pixel(part, x, y) == 0) return b;
  box whole = take_part(part, y * part.width + x, stack);
  whole.left += around.left, whole.right += around.left, whole.top += around.top, whole.bottom += around.top;
  return looks_like_plate(whole, light) ? whole : b;
}

NOINLINE static box find_plate(image grey) {
  size_t count = (size_t)grey.width * (size_t)grey.height;
  int longer = grey.width > grey.height ? grey.width : grey.height;
  uint8_t *work = allocate(6 * (size_t)longer + 4096);
  int32_t *stack = allocate(count * sizeof *stack);
  // A character is about a fiftieth of the image wide, and so is the space that is to be filled.
  int wide = grey.width / 32 | 1, high = wide / 3 | 1;
  image marks = new_image(grey.width, grey.height), joined = new_image(grey.width, grey.height);
  memcpy(marks.pixels, grey.pixels, count);
  // Black hat: what a closing takes away are dark marks narrower than its rectangle.
  dilate(marks, wide, high, work), erode(marks, wide, high, work);
  image light = new_image(grey.width, grey.height);
  memcpy(light.pixels, marks.pixels, count);
  for (size_t i = 0; i < count; i++) marks.pixels[i] -= grey.pixels[i];
  across(marks, joined);
  dilate(joined, wide, high, work), erode(joined, wide, high, work);
  binarise(joined, threshold_of(joined));
  // What is lower than a character or narrower than two is none of a plate.
  erode(joined, wide, high, work), dilate(joined, wide, high, work);
  box best = {0, 0, -1, -1, 0};
  double most = 0;
  for (size_t i = 0; i < count; i++) {
    if (joined.pixels[i] == 0) continue;
    box b = take_part(joined, (int)i, stack);
    if (!looks_like_plate(b, grey)) continue;
    b = whole_plate(light, b, stack);
    double contrast = contrast_in(grey, b);
    if (contrast > most) most = contrast, best = b;
  }
  return best;
}

static int run(int argc, char **argv) {
  (void)argc, (void)argv;
  size_t size;
  const uint8_t *at = read_all(0, &size), *end = at + size;
  for (uint32_t number = 0; at < end; number++) {
    box b = find_plate(read_image(&at, end));
    line l = {.length = 0};
    put_text(&l, "plate"), put_field(&l, "image", number), put_field(&l, "x", (uint64_t)b.left), put_field(&l, "y", (uint64_t)b.top);
    put_field(&l, "width", (uint64_t)(b.right - b.left + 1)), put_field(&l, "height", (uint64_t)(b.bottom - b.top + 1));
    end_line(&l, 1);
  }
  return 0;
}
