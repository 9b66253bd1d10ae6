/* The kernels by name: one line each. */
#ifndef CNTK_KERNELS_H
#define CNTK_KERNELS_H

#include "launch.h"

#define KERNEL(name) void name(const launch *self, char *const *table, const int64_t *rows);
#include "kernels.list"
#undef KERNEL

static const struct {
    const char *name;
    kernel run;
} kernels[] = {
#define KERNEL(name) {#name, name},
#include "kernels.list"
#undef KERNEL
};

#endif
