/* Convolution with windows of 3 x 3, stride 1, after Winograd: F(4 x 4, 3 x 3).

   A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural Networks, CVPR 2016. 36
   multiplications stand for 144: tiles of the source and the weights are transformed, 36 products
   of matrices (tiles x channels by channels x filters) follow, and tiles of the result are
   transformed back. All happens in pieces that stay in caches; the weights' are made anew in each
   call, so nothing of them is kept.

   at:   weights (filters, channels, 3, 3), source, result; of the gradient to the source: the
         gradient to the result, weights (channels, filters, 3, 3), result
   ints: channels of source and result, height and width of source and of result, padding before
         the source along both, whether source and result have their channels last, whether it is
         the gradient, the most lanes of a vector (0: as this machine has)

   then: goes on with the result, which must have its channels last

   Each number is summed in the same order, whatever the number of threads and the tiles beside it.
   A NaN or infinity spoils all 4 x 4 results of the tiles that read it. */
#include "winograd.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "chain.h"
#include "launch.h"

enum { TILES = 112, MOST_SOURCE = 8 << 20 }; /* of a piece; bytes of its transformed source */
#define ROOT_OF_HALF 0.70710678118654752f
#define ROOT_OF_TWO 1.41421356237309505f

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define NAMED(name) PASTE(name, SUFFIX)

#define SUFFIX _4
#define LANES 4
#define ROWS 6
#include "winograd.inc"

#ifdef CNTK_TARGETS
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define SUFFIX _8
#define LANES 8
#define ROWS 6
#include "winograd.inc"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")
#define SUFFIX _16
#define LANES 16
#define ROWS 14
#include "winograd.inc"
#pragma GCC pop_options
#endif

static const winograd_loops *loops_for(int64_t most) {
    int64_t lanes = vector_lanes();
    if (most && most < lanes)
        lanes = most;
#ifdef CNTK_TARGETS
    if (lanes >= 8)
        return lanes >= 16 ? &loops_16 : &loops_8;
#endif
    return &loops_4;
}

/* Scratch memory goes from call to call; where several run at once, each has its own. */
typedef struct {
    int64_t bytes;
    float *numbers;
} scratch;
static _Atomic(scratch *) spare;
static _Thread_local int32_t failed;

int32_t winograd_failed(void) {
    int32_t found = failed;
    failed = 0;
    return found;
}

static void discard(scratch *old) {
    if (old)
        free(old->numbers);
    free(old);
}

static scratch *take_scratch(int64_t bytes) {
    scratch *found = atomic_exchange(&spare, NULL);
    if (found && found->bytes >= bytes)
        return found;
    discard(found);
    found = malloc(sizeof *found);
    if (!found)
        return NULL;
    found->bytes = bytes;
    found->numbers = aligned_alloc(64, (size_t)bytes);
    if (found->numbers)
        return found;
    free(found);
    return NULL;
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t parts_of(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* Numbers of a plane; the next begins in other sets of the caches. */
static int64_t plane_of(int64_t numbers) { return parts_of(numbers, 1024) * 1024 + 80; }

static images images_of(int64_t channels, int64_t height, int64_t width, int last) {
    return (images){channels, height, width, channels * height * width, last ? channels : 1,
                    last ? 1 : height * width};
}

/* Transform products back and go on with the results, some tiles at a time. */
static void go_on(const winograd *of, const winograd_loops *loops, const launch *then,
                  char *const *table, const float *products, int64_t first, int64_t tiles,
                  int64_t filter) {
    enum { PLACES = SIDE * SIDE };
    const images *out = &of->target;
    float results[PLACES * AT_ONCE * PANEL] __attribute__((aligned(64)));
    int64_t lines[PLACES * AT_ONCE], image = first / (of->tiles_x * of->tiles_y);
    int64_t top = first / of->tiles_x % of->tiles_y * SIDE, left = first % of->tiles_x * SIDE;
    for (int64_t t = 0; t < tiles; t += AT_ONCE) {
        int64_t count = smaller(AT_ONCE, tiles - t);
        if (count < AT_ONCE)
            memset(results, 0, sizeof results);
        loops->transform_products(of, products + t * PANEL, NULL, results, NULL, first + t, count,
                                  filter);
        for (int64_t i = 0; i < AT_ONCE; i++) {
            int64_t corner = (image * out->height + top) * out->width + left;
            for (int64_t y = 0; y < SIDE; y++)
                for (int64_t x = 0; x < SIDE; x++) {
                    int inside = i < count && top + y < out->height && left + x < out->width;
                    lines[(SIDE * y + x) * AT_ONCE + i] = inside ? corner + y * out->width + x : -1;
                }
            left += SIDE;
            top += left < out->width ? 0 : SIDE;
            left = left < out->width ? left : 0;
            image += top >= out->height;
            top = top < out->height ? top : 0;
        }
        chain_lines part = {.given = results, .lines = lines, .count = PLACES * AT_ONCE,
                            .width = out->channels, .column = filter,
                            .length = smaller(PANEL, out->channels - filter), .pitch = PANEL};
        chain_go_on(then, table, &part);
    }
}

/* One panel of filters and a share of a piece's tiles. */
static void compute(const winograd *of, const winograd_loops *loops, const launch *self,
                    char *const *table, const simple_chain *simple, const float *source,
                    const float *weights, float *own, int64_t *known, int64_t first, int64_t tiles,
                    int64_t panel) {
    float *products = own + POINTS * of->weights_plane;
    for (int64_t begin = 0; begin < of->depth; begin += DEPTH) {
        int64_t end = smaller(begin + DEPTH, of->depth), name = panel * of->depth + begin;
        if (*known != name)
            loops->transform_weights(of, weights, own, panel * PANEL, begin, end);
        *known = name;
        for (int64_t point = 0; point < POINTS; point++)
            for (int64_t t = 0; t < tiles; t += of->rows)
                loops->multiply(
                    of, source + point * of->source_plane + t * of->depth + begin * of->rows,
                    own + point * of->weights_plane,
                    products + point * of->product_plane + t * PANEL, smaller(of->rows, tiles - t),
                    end - begin, begin > 0);
    }
    if (self->then && !simple)
        go_on(of, loops, self->then, table, products, first, tiles, panel * PANEL);
    else
        loops->transform_products(of, products, (float *)table[self->at[2]], NULL, simple, first,
                                  tiles, panel * PANEL);
}

void winograd_f32(const launch *self, char *const *table, const int64_t *rows) {
    const int64_t *n = self->ints;
    int gradient = n[10] != 0;
    const winograd_loops *loops = loops_for(n[11]);
    const float *weights = (const float *)table[self->at[gradient ? 1 : 0]];
    const float *source = (const float *)table[self->at[gradient ? 0 : 1]];
    winograd of = {.source = images_of(n[0], n[2], n[3], n[8] != 0),
                   .target = images_of(n[1], n[4], n[5], n[9] != 0),
                   .lower_y = n[6], .lower_x = n[7],
                   .tiles_y = parts_of(n[4], SIDE), .tiles_x = parts_of(n[5], SIDE),
                   .depth = parts_of(n[0], BLOCK) * BLOCK,
                   .by_filter = TAPS * (gradient ? 1 : n[0]),
                   .by_channel = TAPS * (gradient ? n[1] : 1), .turned = gradient};
    int64_t tiles = rows_of(self, rows) * of.tiles_y * of.tiles_x, panels = parts_of(n[1], PANEL);
    if (tiles == 0)
        return;
    /* threads share a piece by panels of filters, and where these are too few by tiles as well */
    int64_t shares = parts_of(num_threads, panels);
    int64_t most = smaller(shares * TILES, MOST_SOURCE / (int64_t)sizeof(float) / POINTS / of.depth);
    int64_t pieces = parts_of(tiles, most < loops->rows ? loops->rows : most);
    int64_t groups = parts_of(parts_of(tiles, pieces), loops->rows);
    of.rows = parts_of(parts_of(parts_of(tiles, pieces), groups), 2) * 2;
    int64_t piece = groups * of.rows, share = parts_of(groups, shares) * of.rows;
    of.source_plane = plane_of(piece * of.depth);
    of.weights_plane = plane_of(smaller(of.depth, DEPTH) * PANEL);
    of.product_plane = plane_of(share * PANEL);
    int64_t own = POINTS * (of.weights_plane + of.product_plane);
    int64_t bytes = (int64_t)sizeof(float) * (POINTS * of.source_plane + num_threads * own);
    scratch *memory = take_scratch(bytes);
    if (!memory) {
        failed = 1;
        return;
    }
    float *transformed = memory->numbers;
    simple_chain words, *simple = NULL; /* of whole vectors */
    if (self->then && n[1] % loops->lanes == 0 &&
        chain_in_simple_words(self->then, table, n[1], &words))
        simple = &words;
#pragma omp parallel num_threads(num_threads)
    {
        int64_t part = omp_get_thread_num(), parts = omp_get_num_threads(), known = -1;
        float *mine = transformed + POINTS * of.source_plane + part * own;
        for (int64_t first = 0; first < tiles; first += piece) {
            int64_t count = smaller(piece, tiles - first), pieces_here = parts_of(count, share);
            loops->transform_source(&of, source, transformed, first, count * part / parts,
                                    count * (part + 1) / parts);
#pragma omp barrier
            int64_t items = panels * pieces_here, end = items * (part + 1) / parts;
            for (int64_t item = items * part / parts; item < end; item++) {
                int64_t begin = item % pieces_here * share;
                compute(&of, loops, self, table, simple, transformed + begin * of.depth, weights,
                        mine, &known, first + begin, smaller(share, count - begin),
                        item / pieces_here);
            }
#pragma omp barrier
        }
    }
    discard(atomic_exchange(&spare, memory));
}
