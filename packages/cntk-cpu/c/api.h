/* What Python calls. */
#ifndef CNTK_API_H
#define CNTK_API_H

#include "launch.h"

void run_segment(const launch *launches, int32_t count, char *const *table, const int64_t *rows);
void time_segment(const launch *launches, int32_t count, char *const *table, const int64_t *rows,
                  double *seconds);
kernel find_kernel(const char *name);
const char *operation_name(int32_t index);
void set_threads(int32_t count);
void set_sgemm(void *function);

#endif
