/* Softmax with cross entropy, its gradient, and look-ups at the largest element, row by row.

   Sums go through sixteen running sums in a fixed order, whatever the number of threads. */
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

/* log(sum(exp(x))); nan where an element is nan, for the sum is. */
INLINE float log_sum_exp(const float *x, int64_t n) {
    float shift = largest(x, n), sums[LANES] = {0}, total = 0;
    shift = shift > -INFINITY && shift < INFINITY ? shift : 0.0f;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            sums[j] += exp_f32(x[i + j] - shift);
    for (; i < n; i++)
        total += exp_f32(x[i] - shift);
    for (int j = 0; j < LANES; j++)
        total += sums[j];
    return log_f32(total) + shift;
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

#define FOR_ROWS(range, count, work)                                                               \
    if (num_threads == 1 || (count) * (work) < 16384)                                              \
        range(self, table, 0, count);                                                              \
    else {                                                                                         \
        _Pragma("omp parallel for schedule(static) num_threads(num_threads)")                      \
        for (int part = 0; part < num_threads; part++)                                             \
            range(self, table, (count) * part / num_threads, (count) * (part + 1) / num_threads);  \
    }

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

/* Where the first of the largest elements is; the first nan, if there is one, as in NumPy.

   One pass over memory: what is largest is looked up in the block that has it. */
INLINE int64_t place_of_largest(const float *x, int64_t n) {
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
    return place;
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
        int64_t place = place_of_largest(x + row * n, n);
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
