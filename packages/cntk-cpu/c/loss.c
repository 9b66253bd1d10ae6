/* Softmax with cross entropy, its gradient, and look-ups at the largest element, row by row. */
#include "scores.h"

/* at:   output, target, result, log of the sums
   ints: elements per row, rows per row of the layout */
EVERY_MACHINE
static void cross_entropy_rows(const launch *self, char *const *table, int64_t from, int64_t to) {
    int64_t n = self->ints[0];
    const float *z = (const float *)table[self->at[0]], *t = (const float *)table[self->at[1]];
    float *y = (float *)table[self->at[2]], *log_sum = (float *)table[self->at[3]];
    for (int64_t row = from; row < to; row++) {
        log_sum[row] = log_sum_exp(z + row * n, n);
        y[row] = log_sum[row] - product(z + row * n, t + row * n, n);
    }
}

void cross_entropy_f32(const launch *self, char *const *table, const int64_t *rows) {
    int64_t count = rows_of(self, rows) * self->ints[1];
    FOR_ROWS(cross_entropy_rows, count, self->ints[0])
}

/* at:   output, result, log of the sums, data, indices, row pointers of the sparse target
   ints: elements per row */
EVERY_MACHINE
static void sparse_cross_entropy_rows(const launch *self, char *const *table, int64_t from,
                                      int64_t to) {
    int64_t n = self->ints[0];
    const float *z = (const float *)table[self->at[0]], *data = (const float *)table[self->at[3]];
    float *y = (float *)table[self->at[1]], *log_sum = (float *)table[self->at[2]];
    const int64_t *indices = (const int64_t *)table[self->at[4]];
    const int64_t *pointers = (const int64_t *)table[self->at[5]];
    for (int64_t row = from; row < to; row++) {
        float total = 0;
        for (int64_t k = pointers[row]; k < pointers[row + 1]; k++)
            total += data[k] * z[row * n + indices[k]];
        log_sum[row] = log_sum_exp(z + row * n, n);
        y[row] = log_sum[row] - total;
    }
}

void sparse_cross_entropy_f32(const launch *self, char *const *table, const int64_t *rows) {
    int64_t count = rows_of(self, rows);
    FOR_ROWS(sparse_cross_entropy_rows, count, self->ints[0])
}

/* at:   output, log of the sums, gradient, result, then target (or data, indices, row pointers)
   ints: elements per row, rows per row of the layout, whether the target is sparse,
         whether the gradient is one number
   floats: that number */
EVERY_MACHINE
static void cross_entropy_slope_rows(const launch *self, char *const *table, int64_t from,
                                     int64_t to) {
    int64_t n = self->ints[0];
    const float *z = (const float *)table[self->at[0]], *log_sum = (const float *)table[self->at[1]];
    const float *dy = (const float *)table[self->at[2]];
    float *dx = (float *)table[self->at[3]];
    const float *t = (const float *)table[self->at[4]];
    for (int64_t row = from; row < to; row++) {
        float scale = self->ints[3] ? (float)self->floats[0] : dy[row], sum = log_sum[row];
        const float *a = z + row * n;
        float *y = dx + row * n;
        if (!self->ints[2]) {
            const float *b = t + row * n;
            for (int64_t i = 0; i < n; i++)
                y[i] = scale * (exp_f32(a[i] - sum) - b[i]);
            continue;
        }
        for (int64_t i = 0; i < n; i++)
            y[i] = scale * exp_f32(a[i] - sum);
        const int64_t *indices = (const int64_t *)table[self->at[5]];
        const int64_t *pointers = (const int64_t *)table[self->at[6]];
        for (int64_t k = pointers[row]; k < pointers[row + 1]; k++)
            y[indices[k]] -= scale * t[k];
    }
}

void cross_entropy_slope_f32(const launch *self, char *const *table, const int64_t *rows) {
    int64_t count = rows_of(self, rows) * self->ints[1];
    FOR_ROWS(cross_entropy_slope_rows, count, self->ints[0])
}

/* at:   x, result, then values (or data, indices, row pointers)
   ints: elements per row, whether the values are sparse */
EVERY_MACHINE
static void value_at_largest_rows(const launch *self, char *const *table, int64_t from,
                                  int64_t to) {
    int64_t n = self->ints[0];
    const float *x = (const float *)table[self->at[0]], *v = (const float *)table[self->at[2]];
    float *y = (float *)table[self->at[1]];
    for (int64_t row = from; row < to; row++) {
        float most;
        int64_t place = place_of_largest(x + row * n, n, &most);
        if (!self->ints[1]) {
            y[row] = v[row * n + place];
            continue;
        }
        const int64_t *indices = (const int64_t *)table[self->at[3]];
        const int64_t *pointers = (const int64_t *)table[self->at[4]];
        float total = 0;
        for (int64_t k = pointers[row]; k < pointers[row + 1]; k++)
            total += indices[k] == place ? v[k] : 0.0f;
        y[row] = total;
    }
}

void value_at_largest_f32(const launch *self, char *const *table, const int64_t *rows) {
    int64_t count = rows_of(self, rows);
    FOR_ROWS(value_at_largest_rows, count, self->ints[0])
}
