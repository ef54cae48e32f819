// Recognises handwritten digits with a network after LeNet-5. `lenet < DIGITS`, where DIGITS are images in MNIST's format
// (IDX) and, behind them, the labels if there are any.
#include "../bare.h"
#include "weights.h"

enum { SIDE = 28, PIXELS = SIDE * SIDE };

typedef struct {
  int units, fan;
  const char *steps;
  const float *scales, *biases;
  float *weights;
} layer;

static layer new_layer(int units, int fan, const char *steps, const float *scales, const float *biases) {
  layer l = {units, fan, steps, scales, biases, allocate(sizeof(float) * (size_t)(units * fan))};
  for (int i = 0; i < units * fan; i++) l.weights[i] = (float)(steps[i] - 80) * scales[i / fan];
  return l;
}

// Convolves `maps` planes of `size` x `size` with kernels of 5 x 5; negative sums become 0.
NOINLINE static void convolve(const layer *l, int maps, int size, const float *in, float *out) {
  int side = size - 4;
  for (int unit = 0; unit < l->units; unit++) {
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        const float *weight = l->weights + unit * l->fan;
        float sum = l->biases[unit];
        for (int map = 0; map < maps; map++) {
          for (int ky = 0; ky < 5; ky++) {
            const float *row = in + (map * size + y + ky) * size + x;
            for (int kx = 0; kx < 5; kx++) sum += *weight++ * row[kx];
          }
        }
        out[(unit * side + y) * side + x] = sum > 0 ? sum : 0;
      }
    }
  }
}

// The largest of each 2 x 2.
NOINLINE static void pool(int maps, int size, const float *in, float *out) {
  for (int y = 0; y < maps * size; y += 2) {
    for (int x = 0; x < size; x += 2) {
      const float *above = in + y * size + x, *below = above + size;
      float left = above[0] > below[0] ? above[0] : below[0], right = above[1] > below[1] ? above[1] : below[1];
      *out++ = left > right ? left : right;
    }
  }
}

NOINLINE static void connect(const layer *l, const float *in, float *out, int rectified) {
  for (int unit = 0; unit < l->units; unit++) {
    float sum = l->biases[unit];
    for (int i = 0; i < l->fan; i++) sum += l->weights[unit * l->fan + i] * in[i];
    out[unit] = rectified && sum < 0 ? 0 : sum;
  }
}

static layer conv1, conv2, dense1, dense2, dense3;

NOINLINE static int recognise(const uint8_t *pixels, float *scores) {
  static float in[PIXELS], maps1[6 * 24 * 24], half1[6 * 12 * 12], maps2[16 * 8 * 8], half2[16 * 4 * 4], units1[120], units2[84];
  for (int i = 0; i < PIXELS; i++) in[i] = (float)pixels[i] / 255;
  convolve(&conv1, 1, SIDE, in, maps1);
  pool(6, 24, maps1, half1);
  convolve(&conv2, 6, 12, half1, maps2);
  pool(16, 8, maps2, half2);
  connect(&dense1, half2, units1, 1);
  connect(&dense2, units1, units2, 1);
  connect(&dense3, units2, scores, 0);
  int best = 0;
  for (int i = 1; i < 10; i++)
    if (scores[i] > scores[best]) best = i;
  return best;
}

static uint32_t word_at(const uint8_t *at) { return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]; }

static int run(int argc, char **argv) {
  (void)argc, (void)argv;
  size_t size;
  const uint8_t *data = read_all(0, &size);
  if (size < 16 || word_at(data) != 0x803 || word_at(data + 8) != SIDE || word_at(data + 12) != SIDE)
    fail("images of 28 x 28 in IDX format were expected");
  uint32_t count = word_at(data + 4);
  if (count > (size - 16) / PIXELS) fail("the images are cut off");
  const uint8_t *images = data + 16, *behind = images + (size_t)count * PIXELS, *labels = NULL;
  size_t rest = size - (size_t)(behind - data);
  if (rest > 0) {
    if (rest < 8 + (size_t)count || word_at(behind) != 0x801 || word_at(behind + 4) != count) fail("as many labels as images were expected");
    labels = behind + 8;
  }
  conv1 = new_layer(6, 25, conv1_steps, conv1_scales, conv1_biases);
  conv2 = new_layer(16, 150, conv2_steps, conv2_scales, conv2_biases);
  dense1 = new_layer(120, 256, dense1_steps, dense1_scales, dense1_biases);
  dense2 = new_layer(84, 120, dense2_steps, dense2_scales, dense2_biases);
  dense3 = new_layer(10, 84, dense3_steps, dense3_scales, dense3_biases);
  uint64_t hash = HASH_START;
  uint32_t correct = 0;
  for (uint32_t i = 0; i < count; i++) {
    float scores[10];
    int digit = recognise(images + (size_t)i * PIXELS, scores);
    correct += labels != NULL && labels[i] == digit;
    for (int j = 0; j < 10; j++) {
      uint32_t bits;
      memcpy(&bits, scores + j, sizeof bits);
      hash = hash_word(hash, bits);
    }
  }
  line l = {.length = 0};
  put_text(&l, "lenet"), put_field(&l, "digits", count);
  if (labels != NULL) put_field(&l, "correct", correct);
  put_text(&l, " checksum="), put_hex(&l, hash, 16);
  end_line(&l, 1);
  return 0;
}
