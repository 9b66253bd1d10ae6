/* Pooling over two axes: x is seen as [outer, height, width, inner], y as [outer, rows, columns,
   inner]. Plain memory has an inner of 1, channels last have their channels there.

   ints: outer per row of the layout, inner, then for each of the two axes
         (size, output, window, stride, lower padding), then whether averages count padding

   An argmax is the position of the first maximum in its window, counted row by row; a nan is passed
   over where the window holds anything else. */
#include <string.h>

#include "functions.h"
#include "launch.h"

enum { LANES = 64 };
enum { WORTH_A_THREAD = 16384 }; /* elements */

typedef struct {
    int64_t size, output, window, stride, lower;
} axis;

typedef struct {
    int64_t inner;
    axis y, x;
    int64_t counts_padding;
} pooling;

static pooling read_options(const launch *self) {
    const int64_t *n = self->ints;
    pooling p = {n[1], {n[2], n[3], n[4], n[5], n[6]}, {n[7], n[8], n[9], n[10], n[11]}, n[12]};
    return p;
}

/* The cells of a window that lie inside: from *first to *last. */
INLINE void inside(axis a, int64_t output, int64_t *begin, int64_t *first, int64_t *last) {
    *begin = output * a.stride - a.lower;
    *first = *begin < 0 ? 0 : *begin;
    *last = *begin + a.window < a.size ? *begin + a.window : a.size;
}

#define FOR_OUTER(work)                                                                            \
    int64_t outer = rows_of(self, rows) * self->ints[0];                                           \
    int team = outer * p.y.size * p.x.size * p.inner < WORTH_A_THREAD ? 1 : num_threads;           \
    _Pragma("omp parallel for schedule(static) num_threads(team) if (team > 1)")                   \
    for (int64_t o = 0; o < outer; o++)                                                            \
        work(p, table, self->at, o);

/* The part of a window that lies inside. */
typedef struct {
    int64_t top, first_row, last_row, left, first, last;
} window;

INLINE window window_at(pooling p, int64_t i, int64_t j) {
    window w;
    inside(p.y, i, &w.top, &w.first_row, &w.last_row);
    inside(p.x, j, &w.left, &w.first, &w.last);
    return w;
}

/* The maxima of n neighbouring channels, and where they are. */
INLINE void max_lanes(pooling p, window w, const float *restrict x, float *restrict y,
                      uint8_t *restrict found, int64_t n) {
    float best[LANES];
    int32_t where[LANES];
    int fresh = 1;
    for (int64_t row = w.first_row; row < w.last_row; row++)
        for (int64_t column = w.first; column < w.last; column++) {
            const float *restrict cell = x + (row * p.x.size + column) * p.inner;
            int32_t k = (int32_t)((row - w.top) * p.x.window + column - w.left);
            if (fresh)
                for (int64_t l = 0; l < n; l++) {
                    best[l] = cell[l];
                    where[l] = k;
                }
            else
                _Pragma("omp simd") for (int64_t l = 0; l < n; l++) {
                    float value = cell[l], known = best[l];
                    int better = (value > known) | ((known != known) & (value == value));
                    best[l] = better ? value : known;
                    where[l] = better ? k : where[l];
                }
            fresh = 0;
        }
    for (int64_t l = 0; l < n; l++) {
        y[l] = best[l];
        found[l] = (uint8_t)where[l];
    }
}

EVERY_MACHINE
static void max_one(pooling p, char *const *table, const int32_t *at, int64_t o) {
    const float *x = (const float *)table[at[0]] + o * p.y.size * p.x.size * p.inner;
    float *y = (float *)table[at[1]] + o * p.y.output * p.x.output * p.inner;
    uint8_t *found = (uint8_t *)table[at[2]] + o * p.y.output * p.x.output * p.inner;
    for (int64_t i = 0; i < p.y.output; i++)
        for (int64_t j = 0; j < p.x.output; j++) {
            window w = window_at(p, i, j);
            for (int64_t c = 0; c < p.inner; c += LANES)
                max_lanes(p, w, x + c, y + c, found + c, p.inner - c < LANES ? p.inner - c : LANES);
            y += p.inner;
            found += p.inner;
        }
}

/* at: x, y, argmax */
void max_pooling_f32(const launch *self, char *const *table, const int64_t *rows) {
    pooling p = read_options(self);
    FOR_OUTER(max_one)
}

/* Add gradients of n neighbouring channels where their maxima were. */
INLINE void max_gradient_lanes(pooling p, window w, const float *restrict dy,
                               const uint8_t *restrict found, float *restrict dx, int64_t n) {
    int32_t where[LANES];
    float slope[LANES];
    for (int64_t l = 0; l < n; l++) {
        where[l] = found[l];
        slope[l] = dy[l];
    }
    for (int64_t row = w.first_row; row < w.last_row; row++)
        for (int64_t column = w.first; column < w.last; column++) {
            float *restrict cell = dx + (row * p.x.size + column) * p.inner;
            int32_t k = (int32_t)((row - w.top) * p.x.window + column - w.left);
            _Pragma("omp simd") for (int64_t l = 0; l < n; l++) {
                float known = cell[l], added = slope[l];
                cell[l] = known + (where[l] == k ? added : 0.0f);
            }
        }
}

EVERY_MACHINE
static void max_gradient_one(pooling p, char *const *table, const int32_t *at, int64_t o) {
    const float *dy = (const float *)table[at[0]] + o * p.y.output * p.x.output * p.inner;
    const uint8_t *found = (const uint8_t *)table[at[1]] + o * p.y.output * p.x.output * p.inner;
    float *dx = (float *)table[at[2]] + o * p.y.size * p.x.size * p.inner;
    memset(dx, 0, sizeof(float) * (size_t)(p.y.size * p.x.size * p.inner));
    for (int64_t i = 0; i < p.y.output; i++)
        for (int64_t j = 0; j < p.x.output; j++) {
            window w = window_at(p, i, j);
            if (p.inner == 1) {
                int64_t row = w.top + *found / p.x.window, column = w.left + *found % p.x.window;
                dx[row * p.x.size + column] += *dy;
            } else
                for (int64_t c = 0; c < p.inner; c += LANES)
                    max_gradient_lanes(p, w, dy + c, found + c, dx + c,
                                       p.inner - c < LANES ? p.inner - c : LANES);
            dy += p.inner;
            found += p.inner;
        }
}

/* at: dy, argmax, dx */
void max_pooling_gradient_f32(const launch *self, char *const *table, const int64_t *rows) {
    pooling p = read_options(self);
    FOR_OUTER(max_gradient_one)
}

EVERY_MACHINE
static void average_one(pooling p, char *const *table, const int32_t *at, int64_t o) {
    const float *x = (const float *)table[at[0]] + o * p.y.size * p.x.size * p.inner;
    float *y = (float *)table[at[1]] + o * p.y.output * p.x.output * p.inner;
    for (int64_t i = 0; i < p.y.output; i++)
        for (int64_t j = 0; j < p.x.output; j++) {
            int64_t top, first_row, last_row, left, first, last;
            inside(p.y, i, &top, &first_row, &last_row);
            inside(p.x, j, &left, &first, &last);
            int64_t count = p.counts_padding ? p.y.window * p.x.window
                                             : (last_row - first_row) * (last - first);
            for (int64_t l = 0; l < p.inner; l++)
                y[l] = 0;
            for (int64_t row = first_row; row < last_row; row++)
                for (int64_t column = first; column < last; column++) {
                    const float *cell = x + (row * p.x.size + column) * p.inner;
                    for (int64_t l = 0; l < p.inner; l++)
                        y[l] += cell[l];
                }
            for (int64_t l = 0; l < p.inner; l++)
                y[l] /= (float)count;
            y += p.inner;
        }
}

/* at: x, y */
void average_pooling_f32(const launch *self, char *const *table, const int64_t *rows) {
    pooling p = read_options(self);
    FOR_OUTER(average_one)
}

EVERY_MACHINE
static void average_gradient_one(pooling p, char *const *table, const int32_t *at, int64_t o) {
    const float *dy = (const float *)table[at[0]] + o * p.y.output * p.x.output * p.inner;
    float *dx = (float *)table[at[1]] + o * p.y.size * p.x.size * p.inner;
    memset(dx, 0, sizeof(float) * (size_t)(p.y.size * p.x.size * p.inner));
    for (int64_t i = 0; i < p.y.output; i++)
        for (int64_t j = 0; j < p.x.output; j++) {
            int64_t top, first_row, last_row, left, first, last;
            inside(p.y, i, &top, &first_row, &last_row);
            inside(p.x, j, &left, &first, &last);
            int64_t count = p.counts_padding ? p.y.window * p.x.window
                                             : (last_row - first_row) * (last - first);
            for (int64_t row = first_row; row < last_row; row++)
                for (int64_t column = first; column < last; column++) {
                    float *cell = dx + (row * p.x.size + column) * p.inner;
                    for (int64_t l = 0; l < p.inner; l++)
                        cell[l] += dy[l] / (float)count;
                }
            dy += p.inner;
        }
}

/* at: dy, dx */
void average_pooling_gradient_f32(const launch *self, char *const *table, const int64_t *rows) {
    pooling p = read_options(self);
    FOR_OUTER(average_gradient_one)
}
