/* The kernels by name: one line each; those that threads of a loop can share have a second form. */
#ifndef CNTK_KERNELS_H
#define CNTK_KERNELS_H

#include "launch.h"

#define KERNEL(name) void name(const launch *self, char *const *table, const int64_t *rows);
#define SHARED_KERNEL(name)                                                                        \
    KERNEL(name)                                                                                   \
    void name##_share(const launch *self, char *const *table, const int64_t *rows, int32_t part,   \
                      int32_t parts);
#include "kernels.list"
#undef KERNEL
#undef SHARED_KERNEL

static const struct {
    const char *name;
    kernel run;
    shared_kernel share;
} kernels[] = {
#define KERNEL(name) {#name, name, 0},
#define SHARED_KERNEL(name) {#name, name, name##_share},
#include "kernels.list"
#undef KERNEL
#undef SHARED_KERNEL
};

#endif
