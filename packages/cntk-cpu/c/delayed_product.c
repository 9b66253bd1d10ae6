/* Products over rows of which one side was delayed: the first rows of that are the boundary, and if
   that is zero, they add nothing.

   at:   left, right, result, the boundary (NULL where a step is computed outside its plan), first row
         of each time step
   ints: those of product_f32; whether the left one was delayed; by how many time steps; elements of
         the boundary */
#include "finite.h"
#include "launch.h"

void product_f32(const launch *self, char *const *table, const int64_t *rows);

enum { DELAYED_LEFT = 7, STEPS, BOUNDARY };

static int is_zero(const float *x, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (x[i] != 0)
            return 0;
    return 1;
}

void product_of_delayed_f32(const launch *self, char *const *table, const int64_t *rows) {
    const int64_t *n = self->ints, *starts = (const int64_t *)table[self->at[4]];
    int64_t count = rows_of(self, rows), first = 0;
    for (int64_t t = 0; t < n[STEPS] && starts[t] < count; t++)
        first = starts[t + 1];
    const float *left = (const float *)table[self->at[0]];
    const float *right = (const float *)table[self->at[1]];
    int64_t of_left = n[0] * n[2], of_right = n[1] * n[2]; /* elements per row */
    int64_t others = first * (n[DELAYED_LEFT] ? of_right : of_left);
    const float *boundary = (const float *)table[self->at[3]];
    if (!boundary || !is_zero(boundary, n[BOUNDARY]) ||
        !all_finite(n[DELAYED_LEFT] ? right : left, 0, others))
        first = 0;
    char *own[] = {(char *)(left + first * of_left), (char *)(right + first * of_right),
                   table[self->at[2]], 0};
    int64_t left_over = count - first;
    const int32_t at[] = {0, 1, 2, 3};
    launch rest = *self;
    rest.at = at;
    rest.rows = 0;
    product_f32(&rest, own, &left_over);
}
