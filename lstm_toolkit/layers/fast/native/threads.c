#include "threads.h"

#include <pthread.h>
#include <unistd.h>

enum { MOST = 64 };

/* A thread that waits for work: once started it stays, since a new one would begin on the
 * processor of the thread that starts it, and the system moves it to a free one late. */
typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  part work; /* NULL: there is none */
  const recurrence *r;
  long first, last;
  int done, taken;
} helper;

static helper helpers[MOST];
static int started;
static pid_t owner; /* a forked process has none of its parent's threads */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *wait_and_work(void *pointer) {
  helper *own = pointer;
  pthread_mutex_lock(&own->lock);
  for (;;) {
    while (!own->work) pthread_cond_wait(&own->changed, &own->lock);
    pthread_mutex_unlock(&own->lock);
    const int done = own->work(own->r, own->first, own->last);
    pthread_mutex_lock(&own->lock);
    own->done = done;
    own->work = NULL;
    pthread_cond_signal(&own->changed);
  }
  return NULL;
}

/* Starts one more helper; returns 0 if the system has no thread for it. */
static int start(void) {
  helper *next = &helpers[started];
  pthread_t thread;
  *next = (helper){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, NULL, 0, 0, 0, 0};
  if (pthread_create(&thread, NULL, wait_and_work, next)) return 0;
  pthread_detach(thread);
  started++;
  return 1;
}

/* Takes up to `wanted` of the first `limit` helpers that nobody uses; returns how many. */
static int take(helper **taken, int wanted, int limit) {
  int count = 0;
  pthread_mutex_lock(&lock);
  if (owner != getpid()) started = 0;
  owner = getpid();
  for (int k = 0; k < limit && count < wanted; k++) {
    if (k == started && !start()) break;
    if (helpers[k].taken) continue;
    helpers[k].taken = 1;
    taken[count++] = &helpers[k];
  }
  pthread_mutex_unlock(&lock);
  return count;
}

static void begin(helper *to, part work, const recurrence *r, long first, long last) {
  pthread_mutex_lock(&to->lock);
  to->r = r;
  to->first = first;
  to->last = last;
  to->work = work;
  pthread_cond_signal(&to->changed);
  pthread_mutex_unlock(&to->lock);
}

/* Waits for a helper and gives it back; returns whether its part was done. */
static int finish(helper *from) {
  pthread_mutex_lock(&from->lock);
  while (from->work) pthread_cond_wait(&from->changed, &from->lock);
  const int done = from->done;
  pthread_mutex_unlock(&from->lock);
  pthread_mutex_lock(&lock);
  from->taken = 0;
  pthread_mutex_unlock(&lock);
  return done;
}

int divide(part work, const recurrence *r, long items, long step) {
  const long pieces = (items + step - 1) / step, most = r->threads < MOST ? r->threads : MOST;
  helper *taken[MOST];
  const int count = take(taken, (int)((pieces < most ? pieces : most) - 1), (int)most - 1);
  const long own = pieces / (count + 1) * step; /* what the others divide begins here */
  for (int k = 0; k < count; k++) {
    const long first = own + (pieces * step - own) / step * k / count * step;
    const long last = own + (pieces * step - own) / step * (k + 1) / count * step;
    begin(taken[k], work, r, first, last < items ? last : items);
  }
  int done = work(r, 0, count ? own : items);
  for (int k = 0; k < count; k++) done = finish(taken[k]) && done;
  return done;
}
