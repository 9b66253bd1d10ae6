/* Segments: launches that run one after the other without a word of Python in between. */
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "kernels.h"
#include "launch.h"

int num_threads = 1;

void run_segment(const launch *launches, int32_t count, char *const *table, const int64_t *rows) {
    for (int32_t i = 0; i < count; i++)
        launches[i].run(&launches[i], table, rows);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void time_segment(const launch *launches, int32_t count, char *const *table, const int64_t *rows,
                  double *seconds) {
    double before = now();
    for (int32_t i = 0; i < count; i++) {
        launches[i].run(&launches[i], table, rows);
        double after = now();
        seconds[i] += after - before;
        before = after;
    }
}

kernel find_kernel(const char *name) {
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (strcmp(kernels[i].name, name) == 0)
            return kernels[i].run;
    return NULL;
}

void set_threads(int32_t count) { num_threads = count; }
