#include "cbf.h"

#include <string.h>

int64_t cbf_find_sparse(const uint32_t *words, int64_t size, int64_t at, int64_t count,
                        int64_t words_of_value, int64_t *starts, int64_t *samples,
                        int64_t *values) {
    for (int64_t i = 0; i < count; i++) {
        if (at > size - 2) return -1;
        starts[i] = at;
        samples[i] = words[at];
        values[i] = words[at + 1];
        at += 2 + values[i] * (words_of_value + 1) + samples[i]; /* of 32 bits each: no overflow */
        if (at > size) return -1;
    }
    return at;
}

int64_t cbf_read_sparse(const uint32_t *words, int64_t count, int64_t words_of_value, int64_t dim,
                        const int64_t *starts, const int64_t *samples, const int64_t *num_values,
                        const int64_t *longest, uint32_t *values, int64_t *places,
                        int64_t *values_of_sample) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t size = num_values[i];
        const uint32_t *own = words + starts[i] + 2;
        memcpy(values, own, (size_t)(size * words_of_value) * sizeof *values);
        values += size * words_of_value;
        own += size * words_of_value;
        uint32_t largest = 0;
        for (int64_t j = 0; j < size; j++) {
            places[j] = own[j];
            largest = own[j] > largest ? own[j] : largest;
        }
        places += size;
        own += size;
        int64_t sum = 0;
        for (int64_t j = 0; j < samples[i]; j++) sum += values_of_sample[j] = own[j];
        values_of_sample += samples[i];
        if (samples[i] < 1 || samples[i] > longest[i] || sum != size || (size && largest >= dim))
            return i;
    }
    return -1;
}
