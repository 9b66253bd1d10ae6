/* Products with fed data, which may be one-hot rows in dense form: almost nothing but zeros.

   As product_f32, with the data on the left. Where few of the data are not zero, only those are
   multiplied, each with one row of the other matrix. That gives the same sums as long as the other
   matrix has no infinities and no nan, which would make nan of a zero. */
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "finite.h"
#include "launch.h"

void product_f32(const launch *self, char *const *table, const int64_t *rows);

/* One element in FEW may be other than zero, and START / FEW more of them: so that other data are
   told after some elements. */
enum { BLOCK = 64, FEW = 32, START = 2048, LANES = 16, SMALL = 1 << 16 };

typedef struct {
    int32_t row, column;
    float value;
} entry;

static int64_t most_entries(int64_t elements) { return (elements + START) / FEW; }

/* Note what is not zero, row by row; -1 where that is too much. */
EVERY_MACHINE
static int64_t find_entries(const float *x, int64_t rows, int64_t width, entry *found) {
    int64_t count = 0;
    for (int64_t row = 0; row < rows; row++, x += width)
        for (int64_t first = 0; first < width; first += BLOCK) {
            int64_t n = width - first < BLOCK ? width - first : BLOCK;
            int64_t most = most_entries(row * width + first);
            int any = 0;
            if (n == BLOCK)
                for (int64_t j = 0; j < BLOCK; j++)
                    any |= x[first + j] != 0.0f;
            for (int64_t j = first; j < first + n && (any || n < BLOCK); j++) {
                if (x[j] == 0.0f)
                    continue;
                if (count >= most)
                    return -1;
                found[count++] = (entry){(int32_t)row, (int32_t)j, x[j]};
            }
        }
    return count;
}

/* Columns `from` to `to` of the result. */
EVERY_MACHINE
static void add_entries(const entry *entries, int64_t count, const float *right, float *y, int64_t n,
                        int turned, int64_t from, int64_t to) {
    for (int64_t k = 0; k < count; k++) {
        const float *x = right + (turned ? entries[k].row : entries[k].column) * n;
        float *target = y + (turned ? entries[k].column : entries[k].row) * n;
        float value = entries[k].value;
        for (int64_t j = from; j < to; j++)
            target[j] += value * x[j];
    }
}

/* Whether the product could be computed from what is not zero. */
static int multiply_entries(const float *left, const float *right, float *y, int64_t rows,
                            int64_t width, int64_t n, int turned, int add) {
    if (rows > INT32_MAX || width > INT32_MAX)
        return 0;
    entry *entries = malloc(sizeof(entry) * (size_t)most_entries(rows * width));
    if (entries == NULL)
        return 0;
    int64_t count = find_entries(left, rows, width, entries);
    if (count < 0 || !all_finite(right, 0, (turned ? rows : width) * n)) {
        free(entries);
        return 0;
    }
    if (!add)
        memset(y, 0, sizeof(float) * (size_t)((turned ? width : rows) * n));
    int64_t lines = (n + LANES - 1) / LANES;
#pragma omp parallel for schedule(static) num_threads(num_threads) if (count * n > SMALL)
    for (int part = 0; part < num_threads; part++) {
        int64_t from = lines * part / num_threads * LANES;
        int64_t to = lines * (part + 1) / num_threads * LANES;
        add_entries(entries, count, right, y, n, turned, from, to < n ? to : n);
    }
    free(entries);
    return 1;
}

void product_of_fed_f32(const launch *self, char *const *table, const int64_t *rows) {
    const int64_t *n = self->ints;
    int64_t m = n[0], k = n[2], turned = n[4];
    if (n[3] >= 0)
        *(n[3] == 0 ? &m : &k) *= rows_of(self, rows);
    const float *left = (const float *)table[self->at[0]];
    const float *right = (const float *)table[self->at[1]];
    float *y = (float *)table[self->at[2]];
    int done = m > 0 && n[1] > 0 && k > 0 && !n[5] &&
               multiply_entries(left, right, y, turned ? k : m, turned ? m : k, n[1],
                                (int)turned, (int)n[6]);
    if (!done)
        product_f32(self, table, rows);
    else if (self->then)
        chain_f32(self->then, table, rows);
}
