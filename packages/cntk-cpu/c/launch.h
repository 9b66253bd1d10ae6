/* How Python and C speak about work: launches, tables of pointers, counts of rows. */
#ifndef CNTK_LAUNCH_H
#define CNTK_LAUNCH_H

#include <stdint.h>

/* One piece of work of a bound plan. What changes between runs is the table of pointers and the
   counts of rows; everything else is fixed when the plan is bound.

   at:     positions in the table of this launch's operands and results
   rows:   position in the counts of rows, -1 where there are none
   share:  does one of several equal shares, for threads that run a loop together; NULL where the
           kernel has none
   ints, floats: what the kernel needs to know, as its file says */
typedef struct launch {
    void (*run)(const struct launch *self, char *const *table, const int64_t *rows);
    void (*share)(const struct launch *self, char *const *table, const int64_t *rows, int32_t part,
                  int32_t parts);
    const int32_t *at;
    const int64_t *ints;
    const double *floats;
    const void *library; /* an object of oneDNN's, where one serves */
    int32_t rows;
    int32_t padding;
} launch;

typedef void (*kernel)(const launch *self, char *const *table, const int64_t *rows);
typedef void (*shared_kernel)(const launch *self, char *const *table, const int64_t *rows,
                              int32_t part, int32_t parts);

static inline int64_t rows_of(const launch *self, const int64_t *rows) {
    return self->rows < 0 ? 1 : rows[self->rows];
}

/* Threads that a kernel may use; kernels that are too small for more take one. */
extern int num_threads;

/* Threads that oneDNN may use, which takes their number from the calling thread's setting. */
int32_t lend_threads(void);        /* before a call; returns what was set */
void take_threads(int32_t before); /* after it */

/* Floats in the widest vectors that this machine's kernels compute with: 16, 8 or 4. */
int32_t vector_lanes(void);

#define INLINE static inline __attribute__((always_inline))

/* The kernel for each instruction set that the compiler knows; the loader takes the best that this
   machine has. The loops live in functions of their own, called from parallel regions. Levels of
   x86-64 ask what a processor can do; "arch=haswell" would ask whether it is that very one. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CNTK_TARGETS 1 /* functions may be compiled for a given instruction set */
#endif
#if defined(CNTK_TARGETS) && !defined(CNTK_PLAIN)
#if __GNUC__ >= 12
#define EVERY_MACHINE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_MACHINE __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#define CNTK_CLONES 1
#else
#define EVERY_MACHINE
#endif

#endif
