/* What Python calls. */
#ifndef CNTK_API_H
#define CNTK_API_H

#include "launch.h"

void run_segment(const launch *launches, int32_t count, char *const *table, const int64_t *rows);
void time_segment(const launch *launches, int32_t count, char *const *table, const int64_t *rows,
                  double *seconds);
/* Rows of a time step: a slice of packed rows. */
typedef struct {
    char *base;
    int64_t bytes; /* of a row */
    int32_t entry; /* in the table of pointers */
    int32_t padding;
} scan_slice;

/* A state that a step gets from another one. `before`: what it is outside the loop, one row per
   sequence, longest first, for each of the first `delay` steps (for one, where the loop runs
   backwards). */
typedef struct {
    char *stack, *before, *scratch;
    int64_t bytes, delay;
    int32_t entry;
    int32_t padding;
} scan_state;

typedef struct {
    const scan_slice *slices;
    const scan_state *states;
    int64_t steps, sequences;
    int32_t slice_count, state_count, backwards;
    int32_t padding;
} scan;

void run_scan(const launch *launches, int32_t count, char **table, int64_t *rows, int32_t layouts,
              const scan *loop, const int64_t *starts, const int64_t *sizes);
kernel find_kernel(const char *name);
const char *operation_name(int32_t index);
void set_threads(int32_t count);
void set_sgemm(void *function);

#endif
