/* Batch normalization: the numbers of each channel; chains do the rest.

   The operand is seen as [outer, channels, inner]. Sums go over blocks of fixed size, whose results
   are added in their order in double precision, so that they do not depend on the threads. Squares
   are taken of what is left when a mean of the first rows is subtracted: one pass over memory. */
#include <math.h>
#include <stdlib.h>

#include "functions.h"
#include "launch.h"

enum { BLOCK = 256, LANES = 16, FIRST = 32 };

static _Thread_local int32_t failed;

int32_t normalization_failed(void) {
    int32_t found = failed;
    failed = 0;
    return found;
}

/* Sums and products with a second operand (or squares) of rows `from` to `to` of [outer, channels].
   sums[c] += x, products[c] += y * (x - shift[c]); y is x - shift where there is none. */
EVERY_MACHINE
static void add_rows(const float *x, const float *y, const float *shift, float *sums,
                     float *products, int64_t from, int64_t to, int64_t channels) {
    for (int64_t c = 0; c < channels; c++)
        sums[c] = products[c] = 0;
    for (int64_t row = from; row < to; row++) {
        const float *a = x + row * channels;
        if (y == NULL) {
            for (int64_t c = 0; c < channels; c++) {
                float rest = a[c] - shift[c];
                sums[c] += rest;
                products[c] += rest * rest;
            }
        } else {
            const float *b = y + row * channels;
            for (int64_t c = 0; c < channels; c++) {
                sums[c] += b[c];
                products[c] += b[c] * (a[c] - shift[c]);
            }
        }
    }
}

/* The same for a run of one channel. */
EVERY_MACHINE
static void add_run(const float *x, const float *y, float shift, double *sum, double *product,
                    int64_t n) {
    float sums[LANES] = {0}, products[LANES] = {0}, one = 0, other = 0;
    int64_t i = 0;
    if (y == NULL) {
        for (; i + LANES <= n; i += LANES)
            for (int j = 0; j < LANES; j++) {
                float rest = x[i + j] - shift;
                sums[j] += rest;
                products[j] += rest * rest;
            }
        for (; i < n; i++) {
            float rest = x[i] - shift;
            one += rest;
            other += rest * rest;
        }
    } else {
        for (; i + LANES <= n; i += LANES)
            for (int j = 0; j < LANES; j++) {
                sums[j] += y[i + j];
                products[j] += y[i + j] * (x[i + j] - shift);
            }
        for (; i < n; i++) {
            one += y[i];
            other += y[i] * (x[i] - shift);
        }
    }
    for (int j = 0; j < LANES; j++) {
        one += sums[j];
        other += products[j];
    }
    *sum += one;
    *product += other;
}

/* totals[c] and totals[channels + c]: sums and products over everything but the channel. Returns 0
   where there is no memory for it. */
static int reduce(const float *x, const float *y, const float *shift, double *totals, int64_t outer,
                  int64_t channels, int64_t inner) {
    for (int64_t c = 0; c < 2 * channels; c++)
        totals[c] = 0;
    if (inner > 1) {
#pragma omp parallel for schedule(static) num_threads(num_threads) if (outer * channels * inner > 32768)
        for (int64_t c = 0; c < channels; c++)
            for (int64_t row = 0; row < outer; row++) {
                int64_t at = (row * channels + c) * inner;
                add_run(x + at, y ? y + at : NULL, shift[c], totals + c, totals + channels + c, inner);
            }
        return 1;
    }
    int64_t blocks = (outer + BLOCK - 1) / BLOCK;
    float *partial = malloc(sizeof(float) * (size_t)(2 * channels * blocks) + 1);
    if (partial == NULL)
        return 0;
#pragma omp parallel for schedule(static) num_threads(num_threads) if (outer * channels > 32768)
    for (int64_t i = 0; i < blocks; i++) {
        int64_t to = (i + 1) * BLOCK < outer ? (i + 1) * BLOCK : outer;
        float *sums = partial + 2 * channels * i;
        add_rows(x, y, shift, sums, sums + channels, i * BLOCK, to, channels);
    }
    for (int64_t i = 0; i < blocks; i++)
        for (int64_t c = 0; c < 2 * channels; c++)
            totals[c] += partial[2 * channels * i + c];
    free(partial);
    return 1;
}

static double forget_factor(double time_constant, double samples, double count) {
    if (count == 0 || time_constant == 0)
        return 1;
    if (time_constant < 0)
        return samples / (samples + count);
    return isinf(time_constant) ? 0 : -expm1(-samples / time_constant);
}

/* at:     x, scale, bias, running mean, running variance, running count,
           factor, shift, mean, inverse deviation, new mean, new variance, new count
   ints:   outer per row of the layout, channels, inner
   floats: time constant, epsilon
   Without memory all results are nan, and normalization_failed tells so. */
void batch_factors_f32(const launch *self, char *const *table, const int64_t *rows) {
    int64_t samples = rows_of(self, rows), channels = self->ints[1], inner = self->ints[2];
    int64_t outer = samples * self->ints[0];
    const float *in[6];
    float *out[7];
    for (int i = 0; i < 6; i++)
        in[i] = (const float *)table[self->at[i]];
    for (int i = 0; i < 7; i++)
        out[i] = (float *)table[self->at[6 + i]];
    const float *x = in[0];
    double count = (double)outer * (double)inner, seen = in[5][0];
    double share = forget_factor(self->floats[0], (double)samples, seen);
    double *totals = malloc(sizeof(double) * (size_t)(2 * channels) + 1);
    float *shift = malloc(sizeof(float) * (size_t)channels + 1);
    int ready = totals != NULL && shift != NULL;
    if (ready) {
        int64_t first = outer < FIRST ? outer : FIRST;
        for (int64_t c = 0; c < channels; c++) {
            double sum = 0;
            for (int64_t row = 0; row < first; row++)
                sum += x[(row * channels + c) * inner];
            shift[c] = first ? (float)(sum / (double)first) : 0;
        }
        ready = reduce(x, NULL, shift, totals, outer, channels, inner);
    }
    failed |= !ready;
    for (int64_t c = 0; c < channels; c++) {
        double rest = ready ? totals[c] / count : NAN;
        double mean = ready ? shift[c] + rest : NAN;
        double variance = ready ? totals[channels + c] / count - rest * rest : NAN;
        variance = variance < 0 ? 0 : variance;
        double inverse = 1 / sqrt(variance + (float)self->floats[1]);
        double factor = inverse * in[1][c];
        double unbiased = variance * (count / (count - 1));
        out[0][c] = (float)factor;
        out[1][c] = (float)(in[2][c] - mean * factor);
        out[2][c] = (float)mean;
        out[3][c] = (float)inverse;
        out[4][c] = (float)(share == 1 ? mean : (1 - share) * in[3][c] + share * mean);
        out[5][c] = (float)(share == 1 ? unbiased : (1 - share) * in[4][c] + share * unbiased);
    }
    out[6][0] = (float)(seen + (double)samples);
    free(totals);
    free(shift);
}

/* at:   dy, x, scale, mean, inverse deviation, from_dy, from_x, shift, dscale, dbias
   ints: outer per row of the layout, channels, inner */
void gradient_factors_f32(const launch *self, char *const *table, const int64_t *rows) {
    int64_t channels = self->ints[1], inner = self->ints[2];
    int64_t outer = rows_of(self, rows) * self->ints[0];
    const float *in[5];
    float *out[5];
    for (int i = 0; i < 5; i++) {
        in[i] = (const float *)table[self->at[i]];
        out[i] = (float *)table[self->at[5 + i]];
    }
    double count = (double)outer * (double)inner;
    double *totals = malloc(sizeof(double) * (size_t)(2 * channels) + 1);
    int ready = totals && reduce(in[1], in[0], in[3], totals, outer, channels, inner);
    failed |= !ready;
    for (int64_t c = 0; c < channels; c++) {
        double total = ready ? totals[c] : NAN;
        double product = ready ? totals[channels + c] * in[4][c] : NAN;
        double from_dy = (double)in[2][c] * in[4][c];
        double from_x = -from_dy * in[4][c] * product / count;
        out[0][c] = (float)from_dy;
        out[1][c] = (float)from_x;
        out[2][c] = (float)(-from_dy * total / count - from_x * in[3][c]);
        out[3][c] = (float)product;
        out[4][c] = (float)total;
    }
    free(totals);
}
