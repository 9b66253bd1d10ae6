/* The frames of sequences, each in memory of its own, become rows packed over time. */
#include <string.h>

#include "launch.h"

enum { WORTH_A_THREAD = 1 << 17 }; /* bytes */

static void pack_some(char *const *parts, const int64_t *lengths, int64_t bytes,
                      const int64_t *offsets, const int64_t *places, char *rows, int64_t from,
                      int64_t to) {
    for (int64_t s = from; s < to; s++)
        for (int64_t t = 0; t < lengths[s]; t++)
            memcpy(rows + (offsets[t] + places[s]) * bytes, parts[s] + t * bytes, (size_t)bytes);
}

void pack_frames(char *const *parts, const int64_t *lengths, int64_t count, int64_t bytes,
                 const int64_t *offsets, const int64_t *places, char *rows) {
    int64_t all = 0;
    for (int64_t s = 0; s < count; s++)
        all += lengths[s];
    int threads = all * bytes < WORTH_A_THREAD ? 1 : num_threads;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (int part = 0; part < threads; part++)
        pack_some(parts, lengths, bytes, offsets, places, rows, count * part / threads,
                  count * (part + 1) / threads);
}
