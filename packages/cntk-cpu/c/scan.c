/* Loops over time: the launches of one time step, on slices of packed rows.

   Where all of them can be shared, a team of threads runs the whole loop in one parallel region:
   each thread does its part of every launch, and they wait for each other in between. Every thread
   keeps a table of pointers of its own, so that none waits for another to move it. */
#include <omp.h>
#include <string.h>

#include "finite.h"
#include "launch.h"
#include "panels.h"

enum { WORTH_A_THREAD = 1 << 16 }; /* multiplications of a step */

/* Let a pointer show the state of `delay` steps before: a slice of the stacked states, the rows
   from before the loop, or, where sequences of both kinds are alive, a copy of both, which
   `copies` says. */
static char *state_at(const scan_state *s, const scan *loop, int64_t t, const int64_t *starts,
                      const int64_t *sizes, int copies) {
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
    if (copies) {
        memcpy(s->scratch, rows, (size_t)(alive * s->bytes));
        memcpy(s->scratch + alive * s->bytes, s->before + alive * s->bytes,
               (size_t)((count - alive) * s->bytes));
    }
    return s->scratch;
}

/* Let a table show time step t; the return value says whether a state is a copy. */
static int point(const scan *loop, char **table, int64_t *rows, int64_t t, const int64_t *starts,
                 const int64_t *sizes, int copies) {
    int copied = 0;
    for (int32_t k = 0; k < loop->layouts; k++)
        rows[k] = sizes[t];
    for (int32_t k = 0; k < loop->slice_count; k++)
        table[loop->slices[k].entry] = loop->slices[k].base + starts[t] * loop->slices[k].bytes;
    for (int32_t k = 0; k < loop->state_count; k++) {
        const scan_state *state = &loop->states[k];
        char *rows_of_state = state_at(state, loop, t, starts, sizes, copies);
        copied |= rows_of_state == state->scratch;
        table[state->entry] = rows_of_state;
    }
    return copied;
}

/* Wait for the other threads of the team. */
static inline void meet(int parts) {
    if (parts > 1) {
#pragma omp barrier
    }
}

/* Put right matrices into panels. */
static void pack(const scan *loop, char **table, int part, int parts) {
    for (int32_t k = 0; k < loop->panel_count; k++) {
        const scan_panels *p = &loop->panels[k];
        int64_t count = panel_count(p->columns);
        table[p->entry] = p->memory;
        pack_panels((const float *)table[p->right], p->turned, p->k, p->columns,
                    (float *)p->memory, count * part / parts, count * (part + 1) / parts);
    }
}

/* Whether the products that are shortened in the first steps would be zeros: no weight of theirs is
   infinite or nan. */
static int may_shorten(const launch *launches, int32_t count, char *const *table, const scan *loop) {
    int wrong = 0;
    for (int32_t k = 0; k < count && loop->first; k++) {
        const launch *whole = &launches[k];
        if (loop->first[k].ints == whole->ints)
            continue;
        const float *weights = (const float *)table[whole->at[1]];
        int64_t size = whole->ints[1] * whole->ints[2];
#pragma omp parallel for schedule(static) num_threads(num_threads) reduction(| : wrong) if (size > WORTH_A_THREAD)
        for (int part = 0; part < num_threads; part++)
            wrong |= !all_finite(weights, size * part / num_threads,
                                 size * (part + 1) / num_threads);
    }
    return loop->first && !wrong;
}

/* The launches of the step that is run after `i` others. */
static const launch *launches_of(const launch *launches, const scan *loop, int64_t i, int shortens) {
    if (loop->last && i == loop->steps - 1)
        return loop->last;
    return shortens && i < loop->first_steps ? loop->first : launches;
}

/* The whole loop, as one of the threads runs it. */
static void share_steps(const launch *launches, int32_t count, char *const *table,
                        const scan *loop, const int64_t *starts, const int64_t *sizes,
                        double *seconds, int shortens, int part, int parts) {
    char *own[loop->entries];
    int64_t rows[loop->layouts + 1];
    memcpy(own, table, sizeof own);
    pack(loop, own, part, parts);
    meet(parts);
    for (int64_t i = 0; i < loop->steps; i++) {
        int64_t t = loop->backwards ? loop->steps - 1 - i : i;
        if (point(loop, own, rows, t, starts, sizes, part == 0))
            meet(parts);
        const launch *now = launches_of(launches, loop, i, shortens);
        double before = seconds && part == 0 ? omp_get_wtime() : 0;
        for (int32_t k = 0; k < count; k++) {
            if (!now[k].share)
                continue;
            now[k].share(&now[k], own, rows, part, parts);
            meet(parts);
            if (seconds && part == 0) {
                double after = omp_get_wtime();
                seconds[k] += after - before;
                before = after;
            }
        }
    }
}

void run_scan(const launch *launches, int32_t count, char **table, int64_t *rows, const scan *loop,
              const int64_t *starts, const int64_t *sizes, double *seconds) {
    int shortens = may_shorten(launches, count, table, loop);
    if (loop->shared) {
        int threads = loop->work < WORTH_A_THREAD ? 1 : num_threads;
#pragma omp parallel num_threads(threads) if (threads > 1)
        share_steps(launches, count, table, loop, starts, sizes, seconds, shortens,
                    omp_get_thread_num(), omp_get_num_threads());
        return;
    }
    pack(loop, table, 0, 1);
    for (int64_t i = 0; i < loop->steps; i++) {
        int64_t t = loop->backwards ? loop->steps - 1 - i : i;
        const launch *now = launches_of(launches, loop, i, shortens);
        point(loop, table, rows, t, starts, sizes, 1);
        for (int32_t k = 0; k < count; k++) {
            double before = seconds ? omp_get_wtime() : 0;
            if (now[k].run)
                now[k].run(&now[k], table, rows);
            if (seconds)
                seconds[k] += omp_get_wtime() - before;
        }
    }
    for (int32_t k = 0; k < loop->panel_count; k++)
        table[loop->panels[k].entry] = 0;
}
