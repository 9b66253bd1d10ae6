/* Softmax with cross entropy, a look-up at the largest score, and the gradient, in one pass.

   A row of scores is read from memory once, and lies in a cache while the rest is found. The
   gradient may take the place of the scores. */
#include "scores.h"

enum { DENSE, SPARSE, NUMBERS };                    /* what targets are */
enum { LOSS = 1, LOG_SUM = 2, VALUE = 4, SLOPE = 8 }; /* what is wanted */

/* The target of one row: all of it, its entries, or the place of a one (-1: nowhere). */
typedef struct {
    const float *data;
    const int64_t *indices;
    int64_t first, end, place;
} target;

INLINE target target_of(const launch *self, char *const *table, int64_t row, int64_t n, int form) {
    target t = {(const float *)table[self->at[5]], NULL, 0, 0, -1};
    if (form == DENSE)
        t.data += row * n;
    if (form == SPARSE) {
        const int64_t *pointers = (const int64_t *)table[self->at[7]];
        t.indices = (const int64_t *)table[self->at[6]];
        t.first = pointers[row];
        t.end = pointers[row + 1];
    }
    if (form == NUMBERS && t.data[row] >= 0 && t.data[row] < (float)n)
        t.place = (int64_t)t.data[row];
    return t;
}

/* sum(0 * x), which is nan where an element is infinite or nan. */
INLINE float zeros(const float *x, int64_t n) {
    float sums[LANES] = {0}, total = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            sums[j] += 0.0f * x[i + j];
    for (; i < n; i++)
        total += 0.0f * x[i];
    for (int j = 0; j < LANES; j++)
        total += sums[j];
    return total;
}

/* sum(target * z); class numbers stand for dense rows, whose zeros are multiplied. */
INLINE float product_with(const target *t, const float *z, int64_t n, int form) {
    if (form == DENSE)
        return product(z, t->data, n);
    if (form == NUMBERS)
        return t->place < 0 ? zeros(z, n)
                            : zeros(z, t->place) + z[t->place] +
                                  zeros(z + t->place + 1, n - t->place - 1);
    float total = 0;
    for (int64_t k = t->first; k < t->end; k++)
        total += t->data[k] * z[t->indices[k]];
    return total;
}

/* target[place] */
INLINE float value_at(const target *t, int64_t place, int form) {
    if (form == DENSE)
        return t->data[place];
    if (form == NUMBERS)
        return t->place == place ? 1.0f : 0.0f;
    float total = 0;
    for (int64_t k = t->first; k < t->end; k++)
        total += t->indices[k] == place ? t->data[k] : 0.0f;
    return total;
}

/* scale * (share * y - target), in the place of y */
INLINE void slope(float *y, int64_t n, float share, float scale, const target *t, int form) {
    if (form == DENSE) {
        const float *restrict b = t->data;
        for (int64_t i = 0; i < n; i++)
            y[i] = scale * (share * y[i] - b[i]);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        y[i] = scale * (share * y[i]);
    if (t->place >= 0)
        y[t->place] -= scale;
    for (int64_t k = t->first; k < t->end; k++)
        y[t->indices[k]] -= scale * t->data[k];
}

INLINE void rows_in_one(const launch *self, char *const *table, int64_t from, int64_t to,
                        int form) {
    int64_t n = self->ints[0], wanted = self->ints[3];
    float *result[5], scale = (float)self->floats[0];
    for (int k = 1; k < 5; k++)
        result[k] = (float *)table[self->at[k]];
    for (int64_t row = from; row < to; row++) {
        const float *z = (const float *)table[self->at[0]] + row * n;
        target t = target_of(self, table, row, n, form);
        float most, value = 0, of_target = product_with(&t, z, n, form);
        if (wanted & VALUE)
            value = value_at(&t, place_of_largest(z, n, &most), form);
        else
            most = largest(z, n);
        float *y = wanted & SLOPE ? result[4] + row * n : NULL;
        float shift = is_finite(most) ? most : 0.0f, sum, log_sum;
        if (y && is_finite(most)) {
            sum = sum_of_powers(z, n, shift, y);
            log_sum = log_f32(sum) + shift;
            slope(y, n, 1 / sum, scale, &t, form);
        } else {
            sum = sum_of_powers(z, n, shift, NULL);
            log_sum = log_f32(sum) + shift;
            if (y) { /* powers may be infinite where their shares are not */
                sum_of_powers(z, n, log_sum, y);
                slope(y, n, 1, scale, &t, form);
            }
        }
        if (wanted & LOSS)
            result[1][row] = log_sum - of_target;
        if (wanted & LOG_SUM)
            result[2][row] = log_sum;
        if (wanted & VALUE)
            result[3][row] = value;
    }
}

/* at:   output, loss, log of the sums, value of the target where the output is largest, gradient,
         then the target, or its data, indices, row pointers; the output stands for what is not
         wanted
   ints: elements per row, rows per row of the layout, what the target is, what is wanted
   floats: what the gradient is multiplied by */
EVERY_MACHINE
static void together_rows(const launch *self, char *const *table, int64_t from, int64_t to) {
    if (self->ints[2] == DENSE)
        rows_in_one(self, table, from, to, DENSE);
    else if (self->ints[2] == SPARSE)
        rows_in_one(self, table, from, to, SPARSE);
    else
        rows_in_one(self, table, from, to, NUMBERS);
}

void losses_together_f32(const launch *self, char *const *table, const int64_t *rows) {
    int64_t count = rows_of(self, rows) * self->ints[1];
    FOR_ROWS(together_rows, count, self->ints[0])
}
