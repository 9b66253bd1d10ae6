/* Segments: launches that run one after the other without a word of Python in between. */
#include <omp.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "kernels.h"
#include "launch.h"

int num_threads = 1;
static int threads_of_products = 1;

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

shared_kernel find_shared_kernel(const char *name) {
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (strcmp(kernels[i].name, name) == 0)
            return kernels[i].share;
    return NULL;
}

void set_threads(int32_t count, int32_t of_products) {
    num_threads = count;
    threads_of_products = of_products;
}

static int (*max_threads)(void) = omp_get_max_threads;
static void (*choose_threads)(int) = omp_set_num_threads;

void set_openmp(void *get_max_threads, void *set_num_threads) {
    max_threads = (int (*)(void))get_max_threads;
    choose_threads = (void (*)(int))set_num_threads;
}

int32_t lend_threads(void) {
    int32_t before = max_threads();
    choose_threads(threads_of_products);
    return before;
}

void take_threads(int32_t before) { choose_threads(before); }

int32_t vector_lanes(void) {
#ifdef CNTK_TARGETS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        return 16;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return 8;
#endif
    return 4;
}

const char *instructions(void) {
#ifdef CNTK_CLONES
    int32_t lanes = vector_lanes();
    return lanes == 16 ? "AVX-512" : lanes == 8 ? "AVX2" : "SSE2";
#else
    return "those of the compiler's target";
#endif
}
