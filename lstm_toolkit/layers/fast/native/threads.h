/* Divides rows of a recurrence among threads. */

#ifndef LSTM_TOOLKIT_THREADS_H
#define LSTM_TOOLKIT_THREADS_H

#include "recurrence.h"

typedef int (*part)(const recurrence *r, long first, long last);

/* Runs `work` over 0 to `items`, in parts that begin at multiples of `step`, in at most
 * `r->threads` threads; returns 0 if a part did. Operations that run at the same time, as
 * both directions of a bidirectional layer do, share that number. */
int divide(part work, const recurrence *r, long items, long step);

#endif
