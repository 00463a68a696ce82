/* The recurrence for each instruction set that the processor may have, and the choice. */

#include <stdlib.h>
#include <string.h>

#include "recurrence.h"
#include "threads.h"

enum {
  ROWS = 48,  /* rows that go through all steps together: a multiple of every TALL */
  DEPTH = 256 /* steps whose gradients of weights add up together */
};

#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 12")
#endif

INLINE long smaller(long a, long b) { return a < b ? a : b; }
INLINE void copy(float *to, const float *from, long size) { memcpy(to, from, size * sizeof *to); }
INLINE void clear(float *to, long size) { memset(to, 0, size * sizeof *to); }
INLINE void add(float *restrict to, const float *restrict from, long size) {
  for (long k = 0; k < size; k++) to[k] += from[k];
}

/* Memory for so many floats, on a line of the cache. */
static float *floats(long size) {
  void *memory;
  return posix_memalign(&memory, 64, (size + 16) * sizeof(float)) ? NULL : memory;
}

/* Whether the step, counted over all rows, is not masked. */
INLINE int valid(const recurrence *r, long at) { return !r->mask || r->mask[at]; }

/* The first row of a block, not before `from`, whose step t is valid, or is not. */
INLINE long next(const recurrence *r, long block, long rows, long from, long t, int wanted) {
  if (!r->mask) return wanted ? from : rows;
  while (from < rows && valid(r, (block + from) * r->steps + t) != wanted) from++;
  return from;
}

/* The output that went into a step: that of the valid step before it. */
INLINE const float *output_before(const recurrence *r, long at) {
  const long row = at / r->steps;
  do {
    if (at-- == row * r->steps) return r->first_outputs + row * r->units;
  } while (!valid(r, at));
  return r->outputs + at * r->units;
}

typedef struct {
  const char *name;
  part forward, backward, weights;
  void (*pack)(const recurrence *, int);
  long wide; /* columns in a panel */
} kernels;

#define KERNELS(name) \
  { name, NAME(forward), NAME(backward), NAME(weights), NAME(pack_weights), 2 * LANES }

/* Without any, the compiler makes of vectors what the processor has: SSE, NEON. */
#define LANES 4
#define TALL 6
#define NAME(f) f##_plain
#include "loops.h"
static const kernels plain = KERNELS("plain C");
#undef LANES
#undef TALL
#undef NAME

#ifdef __x86_64__
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define LANES 8
#define TALL 6
#define NAME(f) f##_avx2
#include "loops.h"
static const kernels avx2 = KERNELS("AVX2");
#undef LANES
#undef TALL
#undef NAME
#ifdef __clang__
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,fma,prefer-vector-width=512")
#endif
#define LANES 16
#define TALL 12
#define NAME(f) f##_avx512
#include "loops.h"
static const kernels avx512 = KERNELS("AVX-512");
#undef LANES
#undef TALL
#undef NAME
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

static int has(const kernels *one) {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (one == &avx512) return __builtin_cpu_supports("avx512f");
  if (one == &avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return one == &plain;
}

static const kernels *const all[] = {
#ifdef __x86_64__
    &avx512, &avx2,
#endif
    &plain};

static const kernels *chosen; /* set before TensorFlow can run an operation, see below */

/* Chooses kernels by their name, or the best ones that the processor has (NULL); returns the
 * name of those that are in use then. */
__attribute__((visibility("default"))) const char *lstm_toolkit_kernels(const char *name) {
  for (size_t k = sizeof all / sizeof *all; k--;) /* the best one comes last */
    if (has(all[k]) && (!name || !strcmp(name, all[k]->name))) chosen = all[k];
  return chosen->name;
}

__attribute__((constructor)) static void choose(void) { lstm_toolkit_kernels(NULL); }

/* Packs the weights once for all threads, then divides the rows. */
static int run_rows(part work, recurrence *r, int transposed) {
  const long depth = transposed ? 4 * r->units : r->features + r->units;
  const long columns = transposed ? r->units : 4 * r->units, wide = chosen->wide;
  r->packed = floats(depth * ((columns + wide - 1) / wide * wide));
  if (!r->packed) return 0;
  chosen->pack(r, transposed);
  const int done = divide(work, r, r->batch, 4);
  free(r->packed);
  return done;
}

int run_forward(recurrence *r) { return run_rows(chosen->forward, r, 0); }

int run_backward(recurrence *r) { return run_rows(chosen->backward, r, 1); }

int run_weights_gradient(recurrence *r) {
  return divide(chosen->weights, r, 4 * r->units, chosen->wide);
}
