/* Loops over time: the launches of one time step, on slices of packed rows. */
#include <string.h>

#include "api.h"

/* Let a pointer show the state of `delay` steps before: a slice of the stacked states, the rows
   from before the loop, or, where sequences of both kinds are alive, a copy of both. */
static char *state_at(const scan_state *s, const scan *loop, int64_t t, const int64_t *starts,
                      const int64_t *sizes) {
    int64_t count = sizes[t];
    if (!loop->backwards) {
        if (t < s->delay)
            return s->before + t * loop->sequences * s->bytes;
        return s->stack + starts[t - s->delay] * s->bytes;
    }
    int64_t other = t + s->delay;
    if (other >= loop->steps)
        return s->before;
    char *rows = s->stack + starts[other] * s->bytes;
    int64_t alive = sizes[other];
    if (alive == count)
        return rows;
    memcpy(s->scratch, rows, (size_t)(alive * s->bytes));
    memcpy(s->scratch + alive * s->bytes, s->before + alive * s->bytes,
           (size_t)((count - alive) * s->bytes));
    return s->scratch;
}

void run_scan(const launch *launches, int32_t count, char **table, int64_t *rows, int32_t layouts,
              const scan *loop, const int64_t *starts, const int64_t *sizes, double *seconds) {
    for (int64_t i = 0; i < loop->steps; i++) {
        int64_t t = loop->backwards ? loop->steps - 1 - i : i;
        for (int32_t k = 0; k < layouts; k++)
            rows[k] = sizes[t];
        for (int32_t k = 0; k < loop->slice_count; k++)
            table[loop->slices[k].entry] = loop->slices[k].base + starts[t] * loop->slices[k].bytes;
        for (int32_t k = 0; k < loop->state_count; k++)
            table[loop->states[k].entry] = state_at(&loop->states[k], loop, t, starts, sizes);
        if (seconds)
            time_segment(launches, count, table, rows, seconds);
        else
            run_segment(launches, count, table, rows);
    }
}
