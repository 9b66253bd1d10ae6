/* Products of matrices through oneDNN's sgemm.

   at:   left, right, result
   ints: m, n, k, which one counts the rows (0 m, 1 k, -1 none), left turned, right turned,
         add to what is there
   All matrices are row-major and dense: left is m x k (k x m where turned), right k x n (n x k). */
#include <string.h>

#include "launch.h"

typedef int (*sgemm_function)(char, char, int64_t, int64_t, int64_t, float, const float *, int64_t,
                              const float *, int64_t, float, float *, int64_t);
static sgemm_function sgemm;

void set_sgemm(void *function) { sgemm = (sgemm_function)function; }

void product_f32(const launch *self, char *const *table, const int64_t *rows) {
    const int64_t *n = self->ints;
    int64_t size[3] = {n[0], n[1], n[2]};
    if (n[3] >= 0)
        size[n[3] == 0 ? 0 : 2] *= rows_of(self, rows);
    int64_t m = size[0], columns = size[1], k = size[2];
    const float *left = (const float *)table[self->at[0]];
    const float *right = (const float *)table[self->at[1]];
    float *result = (float *)table[self->at[2]];
    if (m == 0 || columns == 0)
        return;
    if (k == 0) {
        if (!n[6])
            memset(result, 0, sizeof(float) * (size_t)(m * columns));
        return;
    }
    int32_t before = lend_threads();
    sgemm(n[4] ? 'T' : 'N', n[5] ? 'T' : 'N', m, columns, k, 1.0f, left, n[4] ? m : k, right,
          n[5] ? k : columns, n[6] ? 1.0f : 0.0f, result, columns);
    take_threads(before);
}
