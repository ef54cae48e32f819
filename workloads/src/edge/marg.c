// Attitude from a gyroscope, an accelerometer and a magnetometer (MARG) by a complementary filter: the turning rates are
// summed up, and what gravity and the Earth's magnetic field say pulls the sum back. `marg [PASSES] < SAMPLES`, where SAMPLES
// are lines of `seconds,gyroscope xyz (rad/s),acceleration xyz (g),magnetic field xyz,true attitude wxyz`.
#include "../bare.h"

#include <math.h>

enum { COLUMNS = 14 };

typedef struct {
  double w, x, y, z;
} quaternion;

typedef struct {
  double x, y, z;
} vector;

static vector cross(vector a, vector b) {
  return (vector){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static vector unit(vector v) {
  double length = sqrt(v.x * v.x + v.y * v.y + v.z * v.z);
  return length == 0 ? v : (vector){v.x / length, v.y / length, v.z / length};
}

// A vector of the Earth's frame as the body sees it.
static vector seen(quaternion q, vector v) {
  vector u = {-q.x, -q.y, -q.z}, t = cross(u, v);
  t = (vector){2 * t.x, 2 * t.y, 2 * t.z};
  vector c = cross(u, t);
  return (vector){v.x + q.w * t.x + c.x, v.y + q.w * t.y + c.y, v.z + q.w * t.z + c.z};
}

static vector to_earth(quaternion q, vector v) { return seen((quaternion){q.w, -q.x, -q.y, -q.z}, v); }

// Turned by a rate for a time that is short.
static quaternion turned(quaternion q, vector rate, double seconds) {
  double h = seconds / 2;
  quaternion r = {
      q.w - h * (q.x * rate.x + q.y * rate.y + q.z * rate.z), q.x + h * (q.w * rate.x + q.y * rate.z - q.z * rate.y),
      q.y + h * (q.w * rate.y - q.x * rate.z + q.z * rate.x), q.z + h * (q.w * rate.z + q.x * rate.y - q.y * rate.x)};
  double length = sqrt(r.w * r.w + r.x * r.x + r.y * r.y + r.z * r.z);
  return (quaternion){r.w / length, r.x / length, r.y / length, r.z / length};
}

typedef struct {
  quaternion attitude;
  vector bias;
} filter;

NOINLINE static void update(filter *f, const double *sample, double seconds, double gain, double learning) {
  vector rate = {sample[1], sample[2], sample[3]};
  vector gravity = unit((vector){sample[4], sample[5], sample[6]}), field = unit((vector){sample[7], sample[8], sample[9]});
  // Only the field's direction from above counts: its dip is as it is measured, north is where x points.
  vector earth = to_earth(f->attitude, field);
  vector north = {sqrt(earth.x * earth.x + earth.y * earth.y), 0, earth.z};
  vector down = cross(gravity, seen(f->attitude, (vector){0, 0, 1})), turn = cross(field, seen(f->attitude, north));
  vector error = {down.x + turn.x, down.y + turn.y, down.z + turn.z};
  double drift = learning * seconds;
  f->bias = (vector){f->bias.x + drift * error.x, f->bias.y + drift * error.y, f->bias.z + drift * error.z};
  rate.x += f->bias.x + gain * error.x, rate.y += f->bias.y + gain * error.y, rate.z += f->bias.z + gain * error.z;
  f->attitude = turned(f->attitude, rate, seconds);
}

// The angle between two attitudes, in degrees.
static double angle_between(quaternion a, quaternion b) {
  double w = a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z;
  vector v = {a.w * b.x - a.x * b.w - a.y * b.z + a.z * b.y, a.w * b.y + a.x * b.z - a.y * b.w - a.z * b.x,
              a.w * b.z - a.x * b.y + a.y * b.x - a.z * b.w};
  return 2 * atan2(sqrt(v.x * v.x + v.y * v.y + v.z * v.z), fabs(w)) * (180 / 3.14159265358979323846);
}

static double take_decimal(const char **at) {
  int negative = **at == '-';
  *at += negative;
  double value = take_number(at);
  if (**at == '.') {
    ++*at;
    const char *start = *at;
    uint32_t decimals = take_number(at);
    static const double scales[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    if (*at - start > 9) fail("a number has more than nine decimals");
    value += decimals / scales[*at - start];
  }
  return negative ? -value : value;
}

NOINLINE static size_t parse(const char *text, size_t size, double *samples) {
  size_t count = 0;
  const char *end = text + size;
  while (text < end && *text != '\n') text++;
  for (text++; text < end; count++) {
    for (int column = 0; column < COLUMNS; column++) {
      samples[count * COLUMNS + (size_t)column] = take_decimal(&text);
      if (*text++ != (column == COLUMNS - 1 ? '\n' : ',')) fail("a line has fourteen numbers between commas");
    }
  }
  return count;
}

typedef struct {
  double squares, most;
  uint32_t count;
} statistics;

static void add(statistics *s, double error) {
  s->squares += error * error;
  if (error > s->most) s->most = error;
  s->count++;
}

static void put_degrees(line *l, const char *name, double value) { put_text(l, name), put_decimal(l, value, 3); }

static int run(int argc, char **argv) {
  uint32_t passes = number_argument(argc, argv, 1, 1);
  size_t size;
  const char *text = (const char *)read_all(0, &size);
  size_t lines = 0;
  for (size_t i = 0; i < size; i++) lines += text[i] == '\n';
  if (lines < 3 || text[size - 1] != '\n') fail("a heading and at least two lines are needed");
  double *samples = allocate(lines * COLUMNS * sizeof *samples);
  size_t count = parse(text, size, samples);
  statistics filtered = {0}, summed = {0};
  for (; passes > 0; passes--) {
    filter f = {{1, 0, 0, 0}, {0, 0, 0}};
    quaternion by_rates = {1, 0, 0, 0};
    filtered = summed = (statistics){0};
    for (size_t i = 0; i < count; i++) {
      const double *s = samples + i * COLUMNS;
      quaternion truth = {s[10], s[11], s[12], s[13]};
      double seconds = i == 0 ? 0 : s[0] - s[-COLUMNS];
      // It starts with no idea of the attitude, and listens more to the two directions until it has one. What the
      // gyroscope says when nothing turns is learnt only then: the first errors are not its fault.
      int settled = s[0] - samples[0] >= 4;
      update(&f, s, seconds, settled ? 1 : 8, settled ? 0.2 : 0);
      by_rates = settled ? turned(by_rates, (vector){s[1], s[2], s[3]}, seconds) : truth;
      if (!settled) continue;
      add(&filtered, angle_between(f.attitude, truth));
      add(&summed, angle_between(by_rates, truth));
    }
  }
  line l = {.length = 0};
  put_text(&l, "marg"), put_field(&l, "samples", count);
  put_degrees(&l, " rms=", sqrt(filtered.squares / filtered.count)), put_degrees(&l, " most=", filtered.most);
  put_degrees(&l, " gyroscope-alone=", sqrt(summed.squares / summed.count));
  end_line(&l, 1);
  return 0;
}
