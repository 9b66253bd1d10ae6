/* Winograd's convolution: what its loops need to know, and the loops for one set of instructions. */
#ifndef CNTK_WINOGRAD_H
#define CNTK_WINOGRAD_H

#include <stdint.h>

#include "chain.h"

/* SIDE: width of a tile of the result; its source is WIDE, and has POINTS numbers per channel.
   BLOCK: channels that lie together; PANEL: filters that are computed together; DEPTH: channels
   whose weights are transformed at once; a panel's then stay in the second-level cache; AT_ONCE:
   tiles that a chain goes on with at once, in the first-level cache. */
enum { SIDE = 4, WIDE = 6, POINTS = WIDE * WIDE, TAPS = 9, BLOCK = 16, PANEL = 32, DEPTH = 64 };
enum { AT_ONCE = 16 };

/* Images of one side: distances between images, neighbouring places and channels, in numbers. */
typedef struct {
    int64_t channels, height, width, image, place, channel;
} images;

typedef struct {
    images source, target;
    int64_t lower_y, lower_x; /* padding before the source */
    int64_t tiles_y, tiles_x; /* of an image of the target */
    int64_t depth;            /* channels of the source, filled up to whole blocks */
    int64_t by_filter, by_channel, turned; /* the weights' distances; the window's taps backwards */
    int64_t rows;             /* tiles of a group */
    /* distances between points in the scratch memory of source, weights and products */
    int64_t source_plane, weights_plane, product_plane;
} winograd;

typedef struct {
    int64_t lanes, rows; /* floats of a vector; the most tiles of a group, whose sums are registers */
    void (*transform_source)(const winograd *, const float *source, float *to, int64_t first,
                             int64_t from, int64_t until);
    void (*transform_weights)(const winograd *, const float *weights, float *to, int64_t filter,
                              int64_t begin, int64_t end);
    void (*multiply)(const winograd *, const float *source, const float *weights, float *products,
                     int64_t tiles, int64_t channels, int add);
    void (*transform_products)(const winograd *, const float *products, float *target,
                               float *results, const simple_chain *then, int64_t first,
                               int64_t tiles, int64_t filter);
} winograd_loops;

#endif
