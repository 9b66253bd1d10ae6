/* Chains that go on with what another kernel computes, while that is in caches. */
#ifndef CNTK_CHAIN_H
#define CNTK_CHAIN_H

#include "api.h"

/* Some lines of a matrix, which is all the chain's elements, and of these lines some columns.

   given: values of the chain's first load, `pitch` numbers for each line, of which the first
          `length` are read; NULL: they lie in memory
   lines: which lines are given, -1: none
   first: the first line of those in memory
   width: of the matrix */
typedef struct {
    const float *given;
    const int64_t *lines;
    int64_t first, count, width, column, length, pitch;
} chain_lines;

/* Go on with them. */
void chain_go_on(const launch *self, char *const *table, const chain_lines *of);

/* A chain in simple words: one value, its first load, is changed step by step. `with`: NULL, and
   `number` counts; or numbers of the columns; or, `by_element`, of the elements. */
enum { MOST_SIMPLE = 8 };
enum { SIMPLE_PLUS, SIMPLE_TIMES, SIMPLE_RELU, SIMPLE_WHERE_POSITIVE }; /* times 1, or 0 */
typedef struct {
    int64_t what;
    const float *with;
    float number;
    int32_t by_element;
} simple_step;

typedef struct {
    int64_t count;
    simple_step steps[MOST_SIMPLE];
} simple_chain;

/* Whether a chain of a matrix with so many columns can be said so; its result is then where the
   first load was. */
int chain_in_simple_words(const launch *self, char *const *table, int64_t columns,
                          simple_chain *to);

/* All of them, on as many threads as are worth it. */
void chain_f32(const launch *self, char *const *table, const int64_t *rows);

#endif
