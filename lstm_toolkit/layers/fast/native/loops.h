/* An LSTM and a GRU over time, forwards and backwards, for one instruction set.
 *
 * Included by kernels.c once for each set, with NAME(f) (a name of its own), LANES (floats in a
 * vector), TALL (rows of a tile). Formulas: S. Hochreiter and J. Schmidhuber, 1997
 * (doi:10.1162/neco.1997.9.8.1735), F. Gers et al., 2000 (doi:10.1162/089976600300015015),
 * and for the GRU K. Cho et al., 2014 (arXiv:1406.1078), with the reset after the product.
 */

#define WIDE (2 * LANES) /* columns of a tile: two vectors */

#include "products.h"

#define MULTIPLY NAME(multiply)

/* The hyperbolic tangent to 2e-7 as a ratio of polynomials, those of the library Eigen: an
 * even number of operations without a branch, so that compilers make vectors of it. Where
 * tanh is 1 in float32 the argument is cut. */
INLINE float NAME(tanh)(float x) {
  x = x > 7.90531110763549805f ? 7.90531110763549805f : x;
  x = x < -7.90531110763549805f ? -7.90531110763549805f : x;
  const float s = x * x;
  float p = -2.76076847742355e-16f;
  p = p * s + 2.00018790482477e-13f;
  p = p * s - 8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-08f;
  p = p * s + 1.48572235717979e-05f;
  p = p * s + 6.37261928875436e-04f;
  p = p * s + 4.89352455891786e-03f;
  float q = 1.19825839466702e-06f;
  q = q * s + 1.18534705686654e-04f;
  q = q * s + 2.26843463243900e-03f;
  q = q * s + 4.89352518554385e-03f;
  return x * p / q;
}

INLINE float NAME(sigmoid)(float x) { return 0.5f + 0.5f * NAME(tanh)(0.5f * x); }

/* One step of one row of an LSTM. `gates` (input, forget, candidate, output; `units` each) is
 * what goes into them and becomes what comes out. */
INLINE void NAME(lstm_cell)(long units, const float *restrict sums, const float *restrict before,
                            float *restrict gates, float *restrict cell, float *restrict output) {
  for (long u = 0; u < units; u++) {
    const float i = NAME(sigmoid)(sums[u]), f = NAME(sigmoid)(sums[units + u]);
    const float g = NAME(tanh)(sums[2 * units + u]), o = NAME(sigmoid)(sums[3 * units + u]);
    const float c = f * before[u] + i * g;
    cell[u] = c;
    output[u] = o * NAME(tanh)(c);
    gates[u] = i;
    gates[units + u] = f;
    gates[2 * units + u] = g;
    gates[3 * units + u] = o;
  }
}

/* Its gradient: `d_output` and `d_cell` of the step become `d_gates`, and `d_cell` of the step
 * before; the product that follows writes `d_output` of the step before. */
INLINE void NAME(lstm_cell_gradient)(long units, const float *restrict gates,
                                     const float *restrict before, const float *restrict cell,
                                     const float *restrict d_output, float *restrict d_cell,
                                     float *restrict d_gates) {
  for (long u = 0; u < units; u++) {
    const float i = gates[u], f = gates[units + u];
    const float g = gates[2 * units + u], o = gates[3 * units + u];
    const float squashed = NAME(tanh)(cell[u]);
    const float d = d_cell[u] + d_output[u] * o * (1 - squashed * squashed);
    d_gates[u] = d * g * i * (1 - i);
    d_gates[units + u] = d * before[u] * f * (1 - f);
    d_gates[2 * units + u] = d * i * (1 - g * g);
    d_gates[3 * units + u] = d_output[u] * squashed * o * (1 - o);
    d_cell[u] = d * f;
  }
}

/* One step of one row of a GRU. `sums` are those of the update gate, the reset gate, and the
 * candidate's two parts, from the input and from the output before. */
INLINE void NAME(gru_cell)(long units, const float *restrict sums, const float *restrict before,
                           float *restrict gates, float *restrict cell, float *restrict output) {
  for (long u = 0; u < units; u++) {
    const float z = NAME(sigmoid)(sums[u]), r = NAME(sigmoid)(sums[units + u]);
    const float part = sums[3 * units + u];
    const float n = NAME(tanh)(sums[2 * units + u] + r * part);
    output[u] = cell[u] = z * before[u] + (1 - z) * n;
    gates[u] = z;
    gates[units + u] = r;
    gates[2 * units + u] = n;
    gates[3 * units + u] = part;
  }
}

/* Its gradient: `d_output` becomes what goes past the gates to the step before; the product
 * that follows adds what goes through them. */
INLINE void NAME(gru_cell_gradient)(long units, const float *restrict gates,
                                    const float *restrict before, float *restrict d_output,
                                    float *restrict d_gates) {
  for (long u = 0; u < units; u++) {
    const float z = gates[u], r = gates[units + u];
    const float n = gates[2 * units + u], part = gates[3 * units + u];
    const float d = d_output[u], d_candidate = d * (1 - z) * (1 - n * n);
    d_gates[u] = d * (before[u] - n) * z * (1 - z);
    d_gates[units + u] = d_candidate * part * r * (1 - r);
    d_gates[2 * units + u] = d_candidate;
    d_gates[3 * units + u] = d_candidate * r;
    d_output[u] = d * z;
  }
}

/* Packs the weights of input and output for `forward`, those of the output, transposed, for
 * `backward`. */
static void NAME(pack_weights)(const recurrence *r, int transposed) {
  const long sums = 4 * r->units;
  const float *recurrent = r->weights + r->features * sums;
  if (transposed)
    NAME(pack)(sums, r->units, recurrent, 1, sums, r->packed);
  else
    NAME(pack)(r->features + r->units, sums, r->weights, sums, 1, r->packed);
}

/* What goes into the gates at step t of a block of rows: [inputs | outputs] times the weights,
 * and the bias. Rows that are valid go together; those that are masked are passed over. */
static void NAME(find_sums)(const recurrence *r, long block, long rows, long t,
                            const float *outputs, float *sums) {
  const long steps = r->steps, features = r->features, units = r->units, width = 4 * units;
  const float *bias = r->weights + (features + units) * width;
  for (long from = 0, to; (from = next(r, block, rows, from, t, 1)) < rows; from = to) {
    to = next(r, block, rows, from, t, 0);
    const float *inputs = r->inputs + ((block + from) * steps + t) * features;
    const FACTOR x = {inputs, features, steps * features, 1};
    const FACTOR h = {outputs + from * units, units, units, 1};
    for (long row = from; row < to; row++) copy(sums + row * width, bias, width);
    MULTIPLY(to - from, width, x, h, r->packed, sums + from * width, width, 1);
  }
}

/* A masked step of a row: it keeps the cell, and gives the output before it, or zeros. */
static void NAME(pass_over)(const recurrence *r, long at, const float *cell) {
  const long units = r->units;
  float *output = r->outputs + at * units;
  if (at % r->steps && !r->zeros)
    copy(output, output - units, units);
  else
    clear(output, units);
  copy(r->cells + at * units, cell, units);
}

/* Runs rows `first` to `last` forwards, ROWS of them together through all steps, so that what
 * they carry stays in the cache. */
static int NAME(forward)(const recurrence *r, long first, long last) {
  const long units = r->units, width = 4 * units;
  float *outputs = floats(ROWS * (2 * units + width));
  if (!outputs) return 0;
  float *cells = outputs + ROWS * units, *sums = cells + ROWS * units;
  for (long block = first; block < last; block += ROWS) {
    const long rows = smaller(last - block, ROWS);
    copy(outputs, r->first_outputs + block * units, rows * units);
    copy(cells, r->first_cells + block * units, rows * units);
    for (long t = 0; t < r->steps; t++) {
      NAME(find_sums)(r, block, rows, t, outputs, sums);
      for (long row = 0; row < rows; row++) {
        const long at = (block + row) * r->steps + t;
        float *h = outputs + row * units, *c = cells + row * units, *into = sums + row * width;
        float *gates = r->gates + at * width;
        float *output = r->outputs + at * units, *cell = r->cells + at * units;
        if (!valid(r, at)) {
          NAME(pass_over)(r, at, c);
          continue;
        }
        if (r->gru)
          NAME(gru_cell)(units, into, c, gates, cell, output);
        else
          NAME(lstm_cell)(units, into, c, gates, cell, output);
        copy(h, output, units);
        copy(c, cell, units);
      }
    }
    copy(r->last_outputs + block * units, outputs, rows * units);
    copy(r->last_cells + block * units, cells, rows * units);
  }
  free(outputs);
  return 1;
}

/* Adds what comes from above to a step's output. That of a masked step belongs to the output
 * which it repeats: `waiting` keeps it until the valid step before it comes. */
static void NAME(add_above)(const recurrence *r, long at, float *waiting, float *d_output) {
  const long units = r->units;
  if (!r->zeros || valid(r, at)) {
    if (r->d_outputs) add(waiting, r->d_outputs + at * units, units);
    if (r->d_final && at % r->steps == r->steps - 1)
      add(waiting, r->d_final + at / r->steps * units, units);
  }
  if (!valid(r, at)) return;
  add(d_output, waiting, units);
  clear(waiting, units);
}

/* The gradient of one valid step of a row: of its gates, and of the cell before. */
static void NAME(step_gradient)(const recurrence *r, long at, float *d_output, float *d_cell,
                                float *d_gates) {
  const long units = r->units, row = at / r->steps;
  const float *gates = r->gates + at * 4 * units, *cell = r->cells + at * units;
  const float *before = at % r->steps ? cell - units : r->first_cells + row * units;
  if (r->gru)
    NAME(gru_cell_gradient)(units, gates, before, d_output, d_gates);
  else
    NAME(lstm_cell_gradient)(units, gates, before, cell, d_output, d_cell, d_gates);
  copy(r->d_gates + at * 4 * units, d_gates, 4 * units);
}

/* Runs rows `first` to `last` backwards: finds the gradients of all gates and of the first state.
 */
static int NAME(backward)(const recurrence *r, long first, long last) {
  const long steps = r->steps, units = r->units, width = 4 * units;
  float *waiting = floats(ROWS * (units + width)), *d_gates = waiting + ROWS * units;
  if (!waiting) return 0;
  for (long block = first; block < last; block += ROWS) {
    const long rows = smaller(last - block, ROWS);
    float *d_outputs = r->d_first_outputs + block * units;
    float *d_cells = r->d_first_cells + block * units;
    copy(d_outputs, r->d_last_outputs + block * units, rows * units);
    copy(d_cells, r->d_last_cells + block * units, rows * units);
    clear(waiting, rows * units);
    for (long t = steps - 1; t >= 0; t--) {
      for (long row = 0; row < rows; row++) {
        const long at = (block + row) * steps + t, place = row * units;
        NAME(add_above)(r, at, waiting + place, d_outputs + place);
        if (valid(r, at))
          NAME(step_gradient)(r, at, d_outputs + place, d_cells + place, d_gates + row * width);
        else
          clear(r->d_gates + at * width, width);
      }
      for (long from = 0, to; (from = next(r, block, rows, from, t, 1)) < rows; from = to) {
        to = next(r, block, rows, from, t, 0);
        const FACTOR d = {d_gates + from * width, width, width, 1}, none = {d_gates, 0, 0, 0};
        MULTIPLY(to - from, units, d, none, r->packed, d_outputs + from * units, units, r->gru);
      }
    }
  }
  free(waiting);
  return 1;
}

/* Finds the gradient of columns `first` to `last` of the weights: the sum over all valid steps
 * of all rows of [input, output before, 1] times the gradients of the gates, DEPTH at a time. */
static int NAME(weights)(const recurrence *r, long first, long last) {
  const long features = r->features, units = r->units, sums = 4 * units;
  const long height = features + units + 1, columns = last - first;
  /* An odd number of cache lines a row spreads a column over all sets of the cache. */
  const long stride = (height + 15) / 16 * 16 + ((height + 15) / 16 % 2 ? 0 : 16);
  const long width = (columns + WIDE - 1) / WIDE * WIDE;
  float *left = floats(DEPTH * (stride + columns + width));
  if (!left) return 0;
  float *right = left + DEPTH * stride, *packed = right + DEPTH * columns;
  for (long row = 0; row < height; row++) clear(r->d_weights + row * sums + first, columns);
  for (long at = 0; at < r->batch * r->steps;) {
    long depth = 0;
    for (; depth < DEPTH && at < r->batch * r->steps; at++) {
      if (!valid(r, at)) continue;
      float *a = left + depth * stride;
      copy(a, r->inputs + at * features, features);
      copy(a + features, output_before(r, at), units);
      a[height - 1] = 1;
      copy(right + depth++ * columns, r->d_gates + at * sums + first, columns);
    }
    NAME(pack)(depth, columns, right, columns, 1, packed);
    const FACTOR a = {left, depth, 1, stride}, none = {left, 0, 0, 0};
    MULTIPLY(height, columns, a, none, packed, r->d_weights + first, sums, 1);
  }
  free(left);
  return 1;
}

#undef MULTIPLY
#undef FACTOR
#undef VECTOR
#undef WIDE
