// Images of the netpbm family: P5 (grey) and P6 (colour, made grey) with one byte a sample, several behind each other.
#ifndef NETPBM_H
#define NETPBM_H

#include "../bare.h"

typedef struct {
  int width, height;
  uint8_t *pixels;
} image;

static inline image new_image(int width, int height) {
  return (image){width, height, allocate((size_t)width * (size_t)height)};
}

static inline uint8_t *pixel(image i, int x, int y) { return i.pixels + (size_t)y * (size_t)i.width + x; }

static inline int clamped(int value, int below) { return value < 0 ? 0 : value >= below ? below - 1 : value; }

static uint32_t header_number(const uint8_t **at, const uint8_t *end) {
  while (*at < end && (**at == ' ' || **at == '\n' || **at == '\t' || **at == '\r' || **at == '#')) {
    if (**at == '#')
      while (*at < end && **at != '\n') ++*at;
    else
      ++*at;
  }
  uint32_t value = 0;
  while (*at < end && **at >= '0' && **at <= '9') value = value * 10 + (uint32_t)(*(*at)++ - '0');
  return value;
}

// Reads an image and moves `at` behind it.
NOINLINE static image read_image(const uint8_t **at, const uint8_t *end) {
  if (end - *at < 2 || (*at)[0] != 'P' || ((*at)[1] != '5' && (*at)[1] != '6')) fail("an image starts with P5 or P6");
  size_t samples = (*at)[1] == '6' ? 3 : 1;
  *at += 2;
  uint32_t width = header_number(at, end), height = header_number(at, end), most = header_number(at, end);
  if (width < 1 || height < 1 || width > 32768 || height > 32768 || most != 255) fail("an image's size or depth is out of range");
  size_t count = (size_t)width * height;
  // One character stands between header and samples.
  if ((size_t)(end - *at) < 1 + count * samples) fail("an image is cut off");
  const uint8_t *from = *at + 1;
  image result = new_image((int)width, (int)height);
  for (size_t i = 0; i < count; i++)
    result.pixels[i] = samples == 1 ? from[i] : (uint8_t)((from[3 * i] * 77 + from[3 * i + 1] * 150 + from[3 * i + 2] * 29) >> 8);
  *at = from + count * samples;
  return result;
}

#endif
