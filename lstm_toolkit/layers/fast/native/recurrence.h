/* An LSTM or GRU over time in float32: what goes in, what comes out, and three functions.
 *
 * All arrays lie row after row. Gates stand in Keras's order (input, forget, candidate, output;
 * for a GRU update, reset, and the candidate's two parts, from the input and from the output
 * before). The weights are one matrix of `features + units + 1` rows and `4 * units` columns:
 * those of the input, those of the output before, and the bias.
 */

#ifndef LSTM_TOOLKIT_RECURRENCE_H
#define LSTM_TOOLKIT_RECURRENCE_H

#include <stdint.h>

typedef struct {
  long batch, steps, features, units;
  int gru, zeros; /* zeros: a masked step gives 0, not the output before it */
  int threads;
  const float *inputs;        /* batch, steps, features */
  const float *weights;       /* features + units + 1, 4 * units */
  const float *first_outputs; /* batch, units */
  const float *first_cells;   /* batch, units; of a GRU the outputs */
  const uint8_t *mask;        /* batch, steps: 1 where a step is valid; or NULL */

  float *outputs;      /* batch, steps, units */
  float *cells;        /* batch, steps, units: the cell behind each step; of a GRU the output */
  float *gates;        /* batch, steps, 4 * units, only at valid steps */
  float *last_outputs; /* batch, units: the state behind the last valid step */
  float *last_cells;   /* batch, units */

  const float *d_outputs;      /* batch, steps, units; or NULL */
  const float *d_final;        /* batch, units, of outputs[:, -1]; or NULL */
  const float *d_last_outputs; /* batch, units */
  const float *d_last_cells;   /* batch, units */
  float *d_gates;              /* batch, steps, 4 * units; 0 at masked steps */
  float *d_first_outputs;      /* batch, units */
  float *d_first_cells;        /* batch, units; of a GRU 0 */
  float *d_weights;            /* features + units + 1, 4 * units */

  float *packed; /* set inside */
} recurrence;

/* Each returns 0 if memory does not suffice, else 1. */
int run_forward(recurrence *r);  /* reads what stands first above, writes the second part */
int run_backward(recurrence *r); /* reads `cells` and `gates`, writes all d_ but d_weights */
int run_weights_gradient(recurrence *r); /* reads `outputs` and `d_gates`, writes d_weights */

#endif
