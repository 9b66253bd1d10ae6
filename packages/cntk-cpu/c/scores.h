/* What is found of one row of scores: its largest element, sums of powers, products.

   Sums go through sixteen running sums in a fixed order, whatever the number of threads. */
#ifndef CNTK_SCORES_H
#define CNTK_SCORES_H

#include <stddef.h>

#include "functions.h"
#include "launch.h"

enum { LANES = 16 };

INLINE float largest(const float *x, int64_t n) {
    float most[LANES], found = -INFINITY;
    for (int j = 0; j < LANES; j++)
        most[j] = -INFINITY;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            most[j] = x[i + j] > most[j] ? x[i + j] : most[j];
    for (; i < n; i++)
        found = x[i] > found ? x[i] : found;
    for (int j = 0; j < LANES; j++)
        found = most[j] > found ? most[j] : found;
    return found;
}

/* sum(exp(x - shift)). The powers are kept unless that is NULL; it may be x itself. */
INLINE float sum_of_powers(const float *x, int64_t n, float shift, float *powers) {
    float sums[LANES] = {0}, total = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        float here[LANES];
        for (int j = 0; j < LANES; j++)
            here[j] = exp_f32(x[i + j] - shift);
        for (int j = 0; j < LANES && powers; j++)
            powers[i + j] = here[j];
        for (int j = 0; j < LANES; j++)
            sums[j] += here[j];
    }
    for (; i < n; i++) {
        float here = exp_f32(x[i] - shift);
        if (powers)
            powers[i] = here;
        total += here;
    }
    for (int j = 0; j < LANES; j++)
        total += sums[j];
    return total;
}

INLINE int is_finite(float x) { return x > -INFINITY && x < INFINITY; }

/* log(sum(exp(x))); nan where an element is nan, for the sum is. */
INLINE float log_sum_exp(const float *x, int64_t n) {
    float shift = largest(x, n);
    shift = is_finite(shift) ? shift : 0.0f;
    return log_f32(sum_of_powers(x, n, shift, NULL)) + shift;
}

INLINE float product(const float *x, const float *y, int64_t n) {
    float sums[LANES] = {0}, total = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            sums[j] += x[i + j] * y[i + j];
    for (; i < n; i++)
        total += x[i] * y[i];
    for (int j = 0; j < LANES; j++)
        total += sums[j];
    return total;
}

/* Where the first of the largest elements is; the first nan, if there is one, as in NumPy. `found`
   becomes what is largest but for nan.

   One pass over memory: what is largest is looked up in the block that has it. */
INLINE int64_t place_of_largest(const float *x, int64_t n, float *found) {
    enum { BLOCK = 512 };
    float most = -INFINITY;
    int64_t begin = 0;
    int unordered = 0;
    for (int64_t first = 0; first < n; first += BLOCK) {
        int64_t count = n - first < BLOCK ? n - first : BLOCK;
        float here = largest(x + first, count);
        for (int64_t i = first; i < first + count; i++)
            unordered |= x[i] != x[i];
        begin = here > most ? first : begin;
        most = here > most ? here : most;
    }
    int64_t place = unordered ? 0 : begin;
    if (unordered)
        while (x[place] == x[place])
            place++;
    else
        while (place < n - 1 && x[place] != most)
            place++;
    *found = most;
    return place;
}

/* Call a function of (self, table, from, to) for all rows, shared among threads. */
#define FOR_ROWS(range, count, work)                                                               \
    if (num_threads == 1 || (count) * (work) < 16384)                                              \
        range(self, table, 0, count);                                                              \
    else {                                                                                         \
        _Pragma("omp parallel for schedule(static) num_threads(num_threads)")                      \
        for (int part = 0; part < num_threads; part++)                                             \
            range(self, table, (count) * part / num_threads, (count) * (part + 1) / num_threads);  \
    }

#endif
