/* Sums that undo broadcasting: x seen as [outer, kept, inner], result[k] = sum over the others.

   at:   x, result
   ints: outer per row of the layout, kept, inner
   The order of additions does not depend on the number of threads: threads share the columns, or
   take blocks of fixed size whose sums are added in their order. */
#include <stdlib.h>

#include "functions.h"
#include "launch.h"

enum { LANES = 16, BLOCK = 8192, COLUMNS = 64 };

/* Columns from `from` to `to` of [outer, kept]. */
EVERY_MACHINE
static void sum_columns(const float *x, float *y, int64_t outer, int64_t kept, int64_t from,
                        int64_t to) {
    for (int64_t first = from; first < to; first += COLUMNS) {
        int64_t n = to - first < COLUMNS ? to - first : COLUMNS;
        float sums[COLUMNS] = {0};
        if (n == COLUMNS)
            for (int64_t row = 0; row < outer; row++)
                for (int64_t j = 0; j < COLUMNS; j++)
                    sums[j] += x[row * kept + first + j];
        else
            for (int64_t row = 0; row < outer; row++)
                for (int64_t j = 0; j < n; j++)
                    sums[j] += x[row * kept + first + j];
        for (int64_t j = 0; j < n; j++)
            y[first + j] = sums[j];
    }
}

EVERY_MACHINE
static float sum_run(const float *x, int64_t n) {
    float sums[4 * LANES] = {0}, total = 0;
    int64_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES)
        for (int j = 0; j < 4 * LANES; j++)
            sums[j] += x[i + j];
    for (; i < n; i++)
        total += x[i];
    for (int j = 0; j < 4 * LANES; j++)
        total += sums[j];
    return total;
}

static double sum_all(const float *x, int64_t n) {
    int64_t blocks = (n + BLOCK - 1) / BLOCK;
    if (blocks <= 1)
        return sum_run(x, n);
    double total = 0;
    float *sums = malloc(sizeof(float) * (size_t)blocks);
    if (sums == NULL) { /* slower, the same sum */
        for (int64_t i = 0; i < blocks; i++)
            total += sum_run(x + i * BLOCK, n - i * BLOCK < BLOCK ? n - i * BLOCK : BLOCK);
        return total;
    }
#pragma omp parallel for schedule(static) num_threads(num_threads) if (blocks > 4)
    for (int64_t i = 0; i < blocks; i++)
        sums[i] = sum_run(x + i * BLOCK, n - i * BLOCK < BLOCK ? n - i * BLOCK : BLOCK);
    for (int64_t i = 0; i < blocks; i++)
        total += sums[i];
    free(sums);
    return total;
}

void sum_to_f32(const launch *self, char *const *table, const int64_t *rows) {
    int64_t outer = rows_of(self, rows) * self->ints[0], kept = self->ints[1], inner = self->ints[2];
    const float *x = (const float *)table[self->at[0]];
    float *y = (float *)table[self->at[1]];
    if (kept == 1) {
        y[0] = (float)sum_all(x, outer * inner);
    } else if (inner == 1) {
        if (num_threads == 1 || outer * kept < 32768 || kept < 2 * COLUMNS) {
            sum_columns(x, y, outer, kept, 0, kept);
            return;
        }
        int64_t groups = (kept + COLUMNS - 1) / COLUMNS;
#pragma omp parallel for schedule(static) num_threads(num_threads)
        for (int part = 0; part < num_threads; part++) {
            int64_t from = groups * part / num_threads * COLUMNS;
            int64_t to = groups * (part + 1) / num_threads * COLUMNS;
            sum_columns(x, y, outer, kept, from, to < kept ? to : kept);
        }
    } else {
#pragma omp parallel for schedule(static) num_threads(num_threads) if (outer * kept * inner > 32768)
        for (int64_t k = 0; k < kept; k++) {
            double total = 0;
            for (int64_t row = 0; row < outer; row++)
                total += sum_run(x + (row * kept + k) * inner, inner);
            y[k] = (float)total;
        }
    }
}
