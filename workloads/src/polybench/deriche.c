// Deriche's smoothing: a recursive filter of second order along the rows, both ways, then along the columns. Floats.
#include "kernel.h"

static const kernel_table table = {"deriche", {{64, 64}, {720, 480}, {4096, 2160}, {7680, 4320}}};

// exp(-alpha) for alpha = 0.25.
#define DECAY 0.7788007830714049f

NOINLINE static void deriche(int w, int h, float alpha, float in[w][h], float out[w][h], float y1[w][h], float y2[w][h]) {
  float k = (1 - DECAY) * (1 - DECAY) / (1 + 2 * alpha * DECAY - DECAY * DECAY);
  float a1 = k, a2 = k * DECAY * (alpha - 1), a3 = k * DECAY * (alpha + 1), a4 = -k * DECAY * DECAY;
  float b1 = 2 * DECAY, b2 = -DECAY * DECAY;
  for (int i = 0; i < w; i++) {
    float x_before = 0, y_before = 0, y_twice_before = 0;
    for (int j = 0; j < h; j++) {
      y1[i][j] = a1 * in[i][j] + a2 * x_before + b1 * y_before + b2 * y_twice_before;
      x_before = in[i][j], y_twice_before = y_before, y_before = y1[i][j];
    }
  }
  for (int i = 0; i < w; i++) {
    float x_after = 0, x_twice_after = 0, y_after = 0, y_twice_after = 0;
    for (int j = h - 1; j >= 0; j--) {
      y2[i][j] = a3 * x_after + a4 * x_twice_after + b1 * y_after + b2 * y_twice_after;
      x_twice_after = x_after, x_after = in[i][j], y_twice_after = y_after, y_after = y2[i][j];
    }
  }
  for (int i = 0; i < w; i++)
    for (int j = 0; j < h; j++) out[i][j] = y1[i][j] + y2[i][j];
  for (int j = 0; j < h; j++) {
    float x_before = 0, y_before = 0, y_twice_before = 0;
    for (int i = 0; i < w; i++) {
      y1[i][j] = a1 * out[i][j] + a2 * x_before + b1 * y_before + b2 * y_twice_before;
      x_before = out[i][j], y_twice_before = y_before, y_before = y1[i][j];
    }
  }
  for (int j = 0; j < h; j++) {
    float x_after = 0, x_twice_after = 0, y_after = 0, y_twice_after = 0;
    for (int i = w - 1; i >= 0; i--) {
      y2[i][j] = a3 * x_after + a4 * x_twice_after + b1 * y_after + b2 * y_twice_after;
      x_twice_after = x_after, x_after = out[i][j], y_twice_after = y_after, y_after = y2[i][j];
    }
  }
  for (int i = 0; i < w; i++)
    for (int j = 0; j < h; j++) out[i][j] = y1[i][j] + y2[i][j];
}

static void kernel(const int *size, int repetitions) {
  int w = size[0], h = size[1];
  size_t count = (size_t)w * h;
  float *in = allocate(count * sizeof(float)), *out = allocate(count * sizeof(float));
  void *y1 = allocate(count * sizeof(float)), *y2 = allocate(count * sizeof(float));
  for (; repetitions > 0; repetitions--) {
    for (size_t i = 0; i < count; i++) in[i] = (float)value_at(1, (uint32_t)i);
    deriche(w, h, 0.25f, (void *)in, (void *)out, y1, y2);
  }
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, out + i, sizeof bits);
    digest_value((double)out[i], bits);
  }
}
