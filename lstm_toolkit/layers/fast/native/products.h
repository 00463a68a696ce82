/* Matrix products for one instruction set; included once for each, by loops.h.
 *
 * A product C = A B is made of tiles: up to TALL rows by WIDE columns of C, whose sums stay in
 * registers while all of the depth passes by (K. Goto and R. van de Geijn, 2008,
 * doi:10.1145/1356052.1356053). B is packed before: its columns in panels of WIDE, each
 * panel row after row, so that a tile reads it from front to back.
 *
 * The sums of a row of C add up in the same order however tall its tile is: results do not
 * depend on how the rows are divided among threads.
 */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VECTOR NAME(vector)

/* Rows of A that a tile reads: A[r, k] lies at from[r * row + k * column]. */
typedef struct {
  const float *from;
  long depth, row, column;
} NAME(factor);
#define FACTOR NAME(factor)

INLINE VECTOR NAME(load)(const float *from) { return *(const VECTOR *)from; }
INLINE void NAME(store)(float *to, VECTOR values) { *(VECTOR *)to = values; }

/* Adds A times rows of a panel to the sums; returns where the panel goes on. `rows` is a
 * constant in every call, so that the loops over it unroll and the sums become registers. */
INLINE const float *NAME(accumulate)(const int rows, const FACTOR a, const float *panel,
                                     VECTOR *left, VECTOR *right) {
  for (long k = 0; k < a.depth; k++, panel += WIDE) {
    const VECTOR first = NAME(load)(panel), second = NAME(load)(panel + LANES);
    UNROLL for (int r = 0; r < rows; r++) {
      const float value = a.from[r * a.row + k * a.column];
      left[r] += value * first;
      right[r] += value * second;
    }
  }
  return panel;
}

/* One tile: C = [a | b] panel, where b may have no depth; C += that if `add`. */
INLINE void NAME(tile)(const int rows, const FACTOR a, const FACTOR b, const float *panel, float *c,
                       const long c_row, const int add) {
  VECTOR left[TALL], right[TALL];
  UNROLL for (int r = 0; r < rows; r++) {
    left[r] = add ? NAME(load)(c + r * c_row) : (VECTOR){0};
    right[r] = add ? NAME(load)(c + r * c_row + LANES) : (VECTOR){0};
  }
  panel = NAME(accumulate)(rows, a, panel, left, right);
  NAME(accumulate)(rows, b, panel, left, right);
  UNROLL for (int r = 0; r < rows; r++) {
    NAME(store)(c + r * c_row, left[r]);
    NAME(store)(c + r * c_row + LANES, right[r]);
  }
}

/* A tile of any height: a case for each makes `rows` a constant. */
static void NAME(any_tile)(long rows, FACTOR a, FACTOR b, const float *panel, float *c, long c_row,
                           int add) {
#define TILE(rows)                                \
  case rows:                                      \
    NAME(tile)(rows, a, b, panel, c, c_row, add); \
    break;
  switch (rows) {
    TILE(1)
    TILE(2)
    TILE(3)
    TILE(4) TILE(5) TILE(6)
#if TALL > 6
        TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)
#endif
  }
#undef TILE
}

/* C[rows, columns] = [a | b] B, with B packed; C += that if `add`. */
static void NAME(multiply)(long rows, long columns, FACTOR a, FACTOR b, const float *packed,
                           float *c, long c_row, int add) {
  const long panel = (a.depth + b.depth) * WIDE;
  for (long n = 0; n < columns; n += WIDE, packed += panel)
    for (long m = 0; m < rows; m += TALL) {
      const long height = smaller(rows - m, TALL), width = smaller(columns - n, WIDE);
      const FACTOR upper = {a.from + m * a.row, a.depth, a.row, a.column};
      const FACTOR lower = {b.from + m * b.row, b.depth, b.row, b.column};
      float *to = c + m * c_row + n;
      if (width == WIDE) {
        NAME(any_tile)(height, upper, lower, packed, to, c_row, add);
        continue;
      }
      float whole[TALL * WIDE]; /* the last panel may be wider than what is left of C */
      NAME(any_tile)(height, upper, lower, packed, whole, WIDE, 0);
      for (long r = 0; r < height; r++)
        for (long j = 0; j < width; j++)
          to[r * c_row + j] = whole[r * WIDE + j] + (add ? to[r * c_row + j] : 0);
    }
}

/* Packs B[depth, columns], or its transpose, into panels; what is missing of the last one is 0. */
INLINE void NAME(pack)(long depth, long columns, const float *b, long row, long column,
                       float *packed) {
  for (long n = 0; n < columns; n += WIDE)
    for (long k = 0; k < depth; k++)
      for (long j = n; j < n + WIDE; j++) *packed++ = j < columns ? b[k * row + j * column] : 0;
}
