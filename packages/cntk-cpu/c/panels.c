/* Products of matrices in panels: for the small products of a loop over time, whose right matrix
   stays. It is put into panels of PANEL columns once; each step then reads it as it lies.

   An element is summed over k in order, whoever computes it and however many rows there are: the
   result has the same bits for every number of threads. */
#include <string.h>

#include "launch.h"
#include "panels.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define NAMED(name) PASTE(name, SUFFIX)

/* At most ROWS rows at a time, by two vectors of WIDE numbers: as many sums as registers hold. */
#define WIDE 4
#define ROWS 6
#define SUFFIX _plain
#define MACHINE
#include "panels.inc"
#undef WIDE
#undef ROWS
#undef SUFFIX
#undef MACHINE

#ifdef CNTK_TARGETS
#define WIDE 8
#define ROWS 6
#define SUFFIX _avx2
#define MACHINE __attribute__((target("avx2,fma")))
#include "panels.inc"
#undef WIDE
#undef ROWS
#undef SUFFIX
#undef MACHINE

#define WIDE 16
#define ROWS 12
#define SUFFIX _avx512
#define MACHINE __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma")))
#include "panels.inc"
#endif

enum { DEPTH = 1024, MOST_ROWS = 48 }; /* numbers of a row, and rows, that are multiplied at once */

typedef struct {
    void (*panel)(const float *, int64_t, const float *, int64_t, int64_t, float *, int64_t, int64_t,
                  int);
    int64_t rows; /* at once */
} machine;

static machine this_machine(void) {
#ifdef CNTK_TARGETS
    int32_t lanes = vector_lanes();
    if (lanes == 16)
        return (machine){panel_avx512, 12};
    if (lanes == 8)
        return (machine){panel_avx2, 6};
#endif
    return (machine){panel_plain, 6};
}

int64_t panel_count(int64_t columns) { return (columns + PANEL - 1) / PANEL; }

/* Panel by panel, each k rows of PANEL numbers; zeros beyond the last column. */
void pack_panels(const float *right, int turned, int64_t k, int64_t columns, float *packed,
                 int64_t from, int64_t to) {
    for (int64_t p = from; p < to; p++) {
        int64_t first = p * PANEL, there = columns - first < PANEL ? columns - first : PANEL;
        float *panel = packed + p * k * PANEL;
        if (there < PANEL)
            memset(panel, 0, sizeof(float) * (size_t)(k * PANEL));
        if (!turned)
            for (int64_t i = 0; i < k; i++)
                memcpy(panel + i * PANEL, right + i * columns + first, sizeof(float) * (size_t)there);
        else
            for (int64_t i0 = 0; i0 < k; i0 += 16)
                for (int64_t j = 0; j < there; j++)
                    for (int64_t i = i0; i < i0 + 16 && i < k; i++)
                        panel[i * PANEL + j] = right[(first + j) * k + i];
    }
}

/* Rows of the left matrix as a panel takes them: block by block, each k times its rows. */
static void pack_rows(const float *left, int turned, int64_t pitch, int64_t first, int64_t count,
                      int64_t i0, int64_t depth, int64_t at_once, float *to) {
    for (int64_t r = 0; r < count; r += at_once) {
        int64_t rows = count - r < at_once ? count - r : at_once;
        if (turned)
            for (int64_t i = 0; i < depth; i++)
                memcpy(to + i * rows, left + (i0 + i) * pitch + first + r,
                       sizeof(float) * (size_t)rows);
        else
            for (int64_t j = 0; j < rows; j++) {
                const float *row = left + (first + r + j) * pitch + i0;
                for (int64_t i = 0; i < depth; i++)
                    to[i * rows + j] = row[i];
            }
        to += depth * rows;
    }
}

void panel_product(const panel_work *w, int64_t from, int64_t to) {
    machine here = this_machine();
    if (w->k == 0 && !w->add)
        for (int64_t r = 0; r < w->m; r++)
            for (int64_t j = from * PANEL; j < to * PANEL && j < w->columns; j++)
                w->result[r * w->columns + j] = 0;
    float left[MOST_ROWS * DEPTH] __attribute__((aligned(64)));
    float last[PANEL * DEPTH] __attribute__((aligned(64)));
    for (int64_t i0 = 0; i0 < w->k; i0 += DEPTH) {
        int64_t depth = w->k - i0 < DEPTH ? w->k - i0 : DEPTH;
        int add = w->add || i0 > 0;
        for (int64_t first = 0; first < w->m; first += MOST_ROWS) {
            int64_t count = w->m - first < MOST_ROWS ? w->m - first : MOST_ROWS;
            int64_t blocks = (count + here.rows - 1) / here.rows, size = (count + blocks - 1) / blocks;
            pack_rows(w->left, w->left_turned, w->left_turned ? w->m : w->k, first, count, i0, depth,
                      size, left);
            for (int64_t p = from; p < to; p++) {
                int64_t column = p * PANEL, pitch = PANEL;
                int64_t there = w->columns - column < PANEL ? w->columns - column : PANEL;
                const float *right;
                if (w->packed)
                    right = w->packed + (p * w->k + i0) * PANEL;
                else {
                    right = w->right + i0 * w->columns + column;
                    pitch = w->columns;
                    if (there < PANEL) {
                        memset(last, 0, sizeof(float) * (size_t)(depth * PANEL));
                        for (int64_t i = 0; i < depth; i++)
                            memcpy(last + i * PANEL, right + i * pitch,
                                   sizeof(float) * (size_t)there);
                        right = last;
                        pitch = PANEL;
                    }
                }
                const float *a = left;
                float *result = w->result + first * w->columns + column;
                for (int64_t r = 0; r < count; r += size) {
                    int64_t rows = count - r < size ? count - r : size;
                    here.panel(a, rows, right, pitch, depth, result + r * w->columns, w->columns, there,
                          add);
                    a += rows * depth;
                }
            }
        }
    }
}
