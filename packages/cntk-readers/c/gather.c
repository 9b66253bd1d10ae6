#include "gather.h"

#include <string.h>

static int64_t source_of(const gather_runs *runs, int64_t i) {
    return runs->source_of ? runs->source_of[i] : 0;
}

static int64_t count_of(const gather_runs *runs, int64_t i) {
    return runs->counts ? runs->counts[i] : 1;
}

/* Return the values of some rows, -1 if their bounds do not rise or lie outside. */
static int64_t values_of(const gather_source *source, int64_t first, int64_t count) {
    const int64_t *bounds = source->bounds + first;
    if (bounds[0] < 0 || bounds[count] > source->num_values) return -1;
    for (int64_t i = 0; i < count; i++)
        if (bounds[i] > bounds[i + 1]) return -1;
    return bounds[count] - bounds[0];
}

int64_t gather_check(const gather_source *sources, int64_t num_sources, const gather_runs *runs,
                     int64_t *num_values) {
    int64_t rows = 0, values = 0;
    for (int64_t i = 0; i < runs->num_runs; i++) {
        int64_t number = source_of(runs, i), first = runs->firsts[i], count = count_of(runs, i);
        if (number < 0 || number >= num_sources) return -1;
        const gather_source *source = sources + number;
        if (first < 0 || count < 0 || first > source->num_rows || count > source->num_rows - first)
            return -1;
        rows += count;
        if (!source->bounds) continue;
        int64_t own = values_of(source, first, count);
        if (own < 0) return -1;
        values += own;
    }
    *num_values = values;
    return rows;
}

void gather_dense(const gather_source *sources, const gather_runs *runs, int64_t row_size,
                  uint8_t *values) {
    for (int64_t i = 0; i < runs->num_runs; i++) {
        const gather_source *source = sources + source_of(runs, i);
        const uint8_t *row = source->values + runs->firsts[i] * source->stride;
        int64_t count = count_of(runs, i);
        if (source->stride == row_size) {
            memcpy(values, row, (size_t)(count * row_size));
            values += count * row_size;
            continue;
        }
        for (; count > 0; count--, row += source->stride, values += row_size)
            memcpy(values, row, (size_t)row_size);
    }
}

void gather_sparse(const gather_source *sources, const gather_runs *runs, int64_t value_size,
                   uint8_t *values, int64_t *places, int64_t *bounds) {
    int64_t done = 0;
    *bounds++ = 0;
    for (int64_t i = 0; i < runs->num_runs; i++) {
        const gather_source *source = sources + source_of(runs, i);
        const int64_t *own = source->bounds + runs->firsts[i];
        int64_t count = count_of(runs, i), begin = own[0], size = own[count] - begin;
        memcpy(values + done * value_size, source->values + begin * value_size,
               (size_t)(size * value_size));
        memcpy(places + done, source->places + begin, (size_t)size * sizeof *places);
        for (int64_t row = 1; row <= count; row++) *bounds++ = done + own[row] - begin;
        done += size;
    }
}
