/* What Python and C share: launches, tables of pointers, counts of rows, and what Python calls.

   compile.py reads the declarations from here: no macros, and nothing that needs the preprocessor
   but the lines that begin with #. */
#ifndef CNTK_API_H
#define CNTK_API_H

#include <stdint.h>

/* One piece of work of a bound plan. What changes between runs is the table of pointers and the
   counts of rows; everything else is fixed when the plan is bound.

   at:     positions in the table of this launch's operands and results
   rows:   position in the counts of rows, -1 where there are none
   then:   a chain that goes on with the result, part by part while that is in caches; NULL: none
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
    const struct launch *then;
    int32_t rows;
    int32_t padding;
} launch;

typedef void (*kernel)(const launch *self, char *const *table, const int64_t *rows);
typedef void (*shared_kernel)(const launch *self, char *const *table, const int64_t *rows,
                              int32_t part, int32_t parts);

/* Threads that oneDNN may use, which takes their number from the calling thread's setting. */
int32_t lend_threads(void);        /* before a call; returns what was set */
void take_threads(int32_t before); /* after it */

/* Floats in the widest vectors that this machine's kernels compute with: 16, 8 or 4. */
int32_t vector_lanes(void);

void run_segment(const launch *launches, int32_t count, char *const *table, const int64_t *rows);
/* The same; the seconds of each launch are added to those of its runs before. */
void time_segment(const launch *launches, int32_t count, char *const *table, const int64_t *rows,
                  double *seconds);
/* Rows of a time step: a slice of packed rows. */
typedef struct {
    char *base;
    int64_t bytes; /* of a row */
    int32_t entry; /* in the table of pointers */
    int32_t padding;
} scan_slice;

/* A state that a step gets from another one. `before`: what it is outside the loop, one row per
   sequence, longest first, for each of the first `delay` steps (for one, where the loop runs
   backwards). */
typedef struct {
    char *stack, *before, *scratch;
    int64_t bytes, delay;
    int32_t entry;
    int32_t padding;
} scan_state;

/* A right matrix, k x columns (columns x k where turned), that stays the same in all steps: where
   it is, and memory for it in panels. */
typedef struct {
    char *memory;
    int64_t k, columns;
    int32_t right, entry, turned;
    int32_t padding;
} scan_panels;

/* `shared`: whether threads share the launches; `work`: operations of the largest step.
   `first`: launches for the first `first_steps` steps that are run, which read states of nothing but
   zeros: their products with these are shortened, as long as no weight is infinite or nan. NULL:
   there are none. `last`: launches of the step that is run last, where nobody reads some of the
   states; what is left out has no function. NULL: all are run. */
typedef struct {
    const scan_slice *slices;
    const scan_state *states;
    const scan_panels *panels;
    const launch *first, *last;
    int64_t steps, sequences, work, first_steps;
    int32_t slice_count, state_count, panel_count;
    int32_t backwards, shared, entries, layouts;
    int32_t padding;
} scan;

/* `seconds`: NULL, or where the seconds of each launch are added up. */
void run_scan(const launch *launches, int32_t count, char **table, int64_t *rows, const scan *loop,
              const int64_t *starts, const int64_t *sizes, double *seconds);
/* Pack the frames of sequences over time. `parts`: where each of them has its frames; `offsets`: the
   first row of each time step; `places`: the place of each sequence in a step. */
void pack_frames(char *const *parts, const int64_t *lengths, int64_t count, int64_t bytes,
                 const int64_t *offsets, const int64_t *places, char *rows);
shared_kernel find_shared_kernel(const char *name);
kernel find_kernel(const char *name);
const char *operation_name(int32_t index);
void set_threads(int32_t count, int32_t of_products);
/* omp_get_max_threads and omp_set_num_threads of the OpenMP runtime that oneDNN runs on. */
void set_openmp(void *get_max_threads, void *set_num_threads);
const char *instructions(void); /* which of the kernels' versions this machine runs */
int32_t winograd_failed(void);  /* whether a convolution of this thread had no memory since it was
                                   asked last */
int32_t normalization_failed(void);
void set_sgemm(void *function);

/* One argument of a primitive, as oneDNN has it: dnnl_exec_arg_t. */
typedef struct {
    int32_t argument;
    void *memory;
} onednn_argument;

/* Where the memory of an argument lies: a position in a launch's `at`, -1 for scratch, -2 where the
   offset is an address. */
typedef struct {
    int64_t offset;
    int32_t at;
    int32_t padding;
} onednn_place;

typedef struct {
    const void *primitive;
    onednn_argument *arguments;
    const onednn_place *places;
    int32_t count;
    int32_t padding;
} onednn_call;

typedef struct {
    void *stream;
    char *scratch;
    const onednn_call *calls;
    int32_t count;
    int32_t padding;
} onednn_sequence;

/* Functions of oneDNN: dnnl_primitive_execute, dnnl_memory_set_data_handle. */
void set_onednn(void *execute_primitive, void *set_data_handle);
/* Let the system have memory that was freed, where the allocator would keep it. */
void give_memory_back(void);
/* The status of the first call that failed in this thread since the last time this was asked. */
int32_t onednn_failure(void);

#endif
