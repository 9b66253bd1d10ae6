/* Delays: rows packed over time move to another time step.

   Sequences stand longest first in each step, so a step's rows are those of the other step that are
   alive in both, side by side, and the boundary for all others. */
#include <string.h>

#include "launch.h"

enum { WORTH_A_THREAD = 1 << 17 }; /* bytes */

/* Rows from `first` on become the boundary: a whole row, or one element of 1 to 8 bytes. */
static void fill(char *rows, int64_t count, int64_t bytes, const char *boundary, int64_t element) {
    if (count <= 0)
        return;
    for (int64_t done = 0; done < bytes; done += element)
        memcpy(rows + done, boundary, (size_t)element);
    for (int64_t row = 1; row < count; row++)
        memcpy(rows + row * bytes, rows, (size_t)bytes);
}

/* at:   x, boundary, result, first row of each time step and their number at the end, then, where
         frames are kept for the next minibatch: how many and which rows they are, memory for them
   ints: bytes of a row, bytes of the boundary, time steps (negative: from later ones), whether
         frames are kept */
void delay_rows(const launch *self, char *const *table, const int64_t *rows) {
    const char *x = table[self->at[0]], *boundary = table[self->at[1]];
    char *y = table[self->at[2]];
    const int64_t *starts = (const int64_t *)table[self->at[3]];
    int64_t count = rows_of(self, rows), bytes = self->ints[0], element = self->ints[1];
    int64_t delay = self->ints[2], times = 0;
    while (starts[times] < count)
        times++;
    int threads = count * bytes < WORTH_A_THREAD ? 1 : num_threads;
#pragma omp parallel for schedule(static, 1) num_threads(threads) if (threads > 1)
    for (int64_t t = 0; t < times; t++) {
        int64_t other = t - delay, size = starts[t + 1] - starts[t], alive = 0;
        if (other >= 0 && other < times)
            alive = starts[other + 1] - starts[other];
        alive = alive < size ? alive : size;
        memcpy(y + starts[t] * bytes, x + (alive ? starts[other] * bytes : 0),
               (size_t)(alive * bytes));
        fill(y + (starts[t] + alive) * bytes, size - alive, bytes, boundary, element);
    }
    if (self->ints[3]) {
        const int64_t *which = (const int64_t *)table[self->at[4]];
        char *kept = table[self->at[5]];
        for (int64_t i = 0; i < which[0]; i++)
            memcpy(kept + i * bytes, x + which[i + 1] * bytes, (size_t)bytes);
    }
}
