/* Products of matrices through oneDNN's sgemm; of one row with a matrix here.

   at:   left, right, result, the right matrix in panels (NULL but in some loops over time)
   then: goes on with the result, which lies where the chain's first operand is; not where threads
         share a loop: a chain of few columns takes longer than waiting for all of them
   ints: m, n, k, which one counts the rows (0 m, 1 k, -1 none), left turned, right turned,
         add to what is there
   All matrices are row-major and dense: left is m x k (k x m where turned), right k x n (n x k). */
#include <string.h>

#include "chain.h"
#include "launch.h"
#include "panels.h"

typedef int (*sgemm_function)(char, char, int64_t, int64_t, int64_t, float, const float *, int64_t,
                              const float *, int64_t, float, float *, int64_t);
static sgemm_function sgemm;

void set_sgemm(void *function) { sgemm = (sgemm_function)function; }

enum { AT_ONCE = 8, WIDEST = 2048, LARGE = 1 << 16 };

/* Columns of a row vector times a matrix; each is summed in the same order, whatever the range. */
EVERY_MACHINE
static void row_times(const float *restrict x, const float *restrict matrix, int64_t k,
                      int64_t pitch, float *restrict y, int64_t columns, int add) {
    if (!add)
        memset(y, 0, sizeof(float) * (size_t)columns);
    int64_t i = 0;
    for (; i + AT_ONCE <= k; i += AT_ONCE) {
        const float *restrict row = matrix + i * pitch;
        for (int64_t j = 0; j < columns; j++) {
            float sum = y[j];
            for (int64_t r = 0; r < AT_ONCE; r++)
                sum += x[i + r] * row[r * pitch + j];
            y[j] = sum;
        }
    }
    for (; i < k; i++)
        for (int64_t j = 0; j < columns; j++)
            y[j] += x[i] * matrix[i * pitch + j];
}

/* One row by a matrix is as fast as memory is read: each thread reads columns of its own. */
static void one_row(const launch *self, char *const *table, int64_t k, int64_t columns, int add) {
    const float *x = (const float *)table[self->at[0]];
    const float *matrix = (const float *)table[self->at[1]];
    float *y = (float *)table[self->at[2]];
    int64_t width = (columns + num_threads - 1) / num_threads;
    width = width < WIDEST ? (width + 15) / 16 * 16 : WIDEST;
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t j = 0; j < columns; j += width) {
        int64_t count = columns - j < width ? columns - j : width;
        row_times(x, matrix + j, k, columns, y + j, count, add);
        chain_lines part = {.count = 1, .width = columns, .column = j, .length = count};
        if (self->then)
            chain_go_on(self->then, table, &part);
    }
}

typedef struct {
    int64_t m, columns, k;
} sizes;

static sizes sizes_of(const launch *self, const int64_t *rows) {
    const int64_t *n = self->ints;
    int64_t count = rows_of(self, rows);
    return (sizes){n[3] == 0 ? n[0] * count : n[0], n[1], n[3] == 1 ? n[2] * count : n[2]};
}

void product_f32_share(const launch *self, char *const *table, const int64_t *rows, int32_t part,
                       int32_t parts) {
    const int64_t *n = self->ints;
    sizes size = sizes_of(self, rows);
    panel_work work = {(const float *)table[self->at[0]],
                       (const float *)table[self->at[1]],
                       (const float *)table[self->at[3]],
                       (float *)table[self->at[2]],
                       size.m,
                       size.columns,
                       size.k,
                       n[4] != 0,
                       n[6] != 0};
    int64_t panels = panel_count(size.columns);
    panel_product(&work, panels * part / parts, panels * (part + 1) / parts);
}

void product_f32(const launch *self, char *const *table, const int64_t *rows) {
    const int64_t *n = self->ints;
    sizes size = sizes_of(self, rows);
    int64_t m = size.m, columns = size.columns, k = size.k;
    const float *left = (const float *)table[self->at[0]];
    const float *right = (const float *)table[self->at[1]];
    float *result = (float *)table[self->at[2]];
    if (m == 0 || columns == 0)
        return;
    if (k == 0) {
        if (!n[6])
            memset(result, 0, sizeof(float) * (size_t)(m * columns));
        if (self->then)
            chain_f32(self->then, table, rows);
        return;
    }
    if (table[self->at[3]]) {
        int parts = m * k * columns < LARGE ? 1 : num_threads;
#pragma omp parallel for schedule(static) num_threads(parts) if (parts > 1)
        for (int part = 0; part < parts; part++)
            product_f32_share(self, table, rows, part, parts);
        return;
    }
    if (m == 1 && !n[5] && k * columns >= LARGE) {
        one_row(self, table, k, columns, n[6] != 0);
        return;
    }
    int32_t before = lend_threads();
    sgemm(n[4] ? 'T' : 'N', n[5] ? 'T' : 'N', m, columns, k, 1.0f, left, n[4] ? m : k, right,
          n[5] ? k : columns, n[6] ? 1.0f : 0.0f, result, columns);
    take_threads(before);
    if (self->then)
        chain_f32(self->then, table, rows);
}
