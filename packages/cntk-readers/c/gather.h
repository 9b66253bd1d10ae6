/* Runs of rows of several arrays, gathered into one array. */
#ifndef GATHER_H
#define GATHER_H

#include <stdint.h>

typedef struct {
    const uint8_t *values; /* dense: rows; sparse: the values of all rows */
    int64_t num_rows;
    int64_t stride;        /* dense: bytes from a row to the next */
    const int64_t *places; /* sparse: the column of each value */
    const int64_t *bounds; /* sparse: the first value of each row, and the end of the last */
    int64_t num_values;
} gather_source;

/* Which rows: run i is counts[i] rows of source source_of[i] (NULL: of the first), from firsts[i].
   Without counts each is one row. */
typedef struct {
    const int64_t *source_of, *firsts, *counts;
    int64_t num_runs;
} gather_runs;

/* Return the rows of all runs and write the number of their values, 0 of dense ones; return -1 if
   one of them leaves its source. Nothing else here looks at bounds again. */
int64_t gather_check(const gather_source *sources, int64_t num_sources, const gather_runs *runs,
                     int64_t *num_values);

/* Write the rows of all runs, each of row_size bytes. */
void gather_dense(const gather_source *sources, const gather_runs *runs, int64_t row_size,
                  uint8_t *values);

/* Write the values of all runs, each of value_size bytes, their columns, and the bounds of rows. */
void gather_sparse(const gather_source *sources, const gather_runs *runs, int64_t value_size,
                   uint8_t *values, int64_t *places, int64_t *bounds);

#endif
