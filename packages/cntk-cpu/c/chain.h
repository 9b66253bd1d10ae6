/* Chains that go on with what another kernel computes, while that is in caches. */
#ifndef CNTK_CHAIN_H
#define CNTK_CHAIN_H

#include "api.h"

/* Some lines of a matrix, which is all the chain's elements, and of these lines some columns.

   given: values of the chain's first load, `pitch` numbers for each line, of which the first
          `length`, at most MOST_GIVEN, are read; NULL: they lie in memory
   lines: which lines, -1: none; NULL: `first` and those that follow
   width: of the matrix */
typedef struct {
    const float *given;
    const int64_t *lines;
    int64_t first, count, width, column, length, pitch;
} chain_lines;

enum { MOST_GIVEN = 512 };

/* Go on with them. */
void chain_go_on(const launch *self, char *const *table, const chain_lines *of);

/* All of them, on as many threads as are worth it. */
void chain_f32(const launch *self, char *const *table, const int64_t *rows);

#endif
