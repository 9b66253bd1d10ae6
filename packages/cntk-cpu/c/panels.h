/* Products of matrices in panels of columns: see panels.c. */
#ifndef CNTK_PANELS_H
#define CNTK_PANELS_H

#include <stdint.h>

enum { PANEL = 32 };

/* left m x k (k x m where turned), right k x columns, row-major; `packed`: right in panels, or
   NULL. */
typedef struct {
    const float *left, *right, *packed;
    float *result;
    int64_t m, columns, k;
    int left_turned, add;
} panel_work;

int64_t panel_count(int64_t columns);

/* Put the panels from `from` to `to` of a right matrix (columns x k where turned) in their place. */
void pack_panels(const float *right, int turned, int64_t k, int64_t columns, float *packed,
                 int64_t from, int64_t to);

/* Compute those panels of the result. */
void panel_product(const panel_work *work, int64_t from, int64_t to);

#endif
