/* Linear resampling of images of bytes, with the arithmetic of OpenCV. */
#ifndef RESIZE_H
#define RESIZE_H

#include <stdint.h>

/* Two taps for each pixel of a line or for each line: their places and weights of 11 bits. */
typedef struct {
    const int64_t *first, *second;
    const int32_t *first_weight, *second_weight;
    int64_t count;
} resize_taps;

/* Write rows->count lines of columns->count pixels with so many channels side by side. Line y of
   the image begins at image[y * stride]. Places of columns are pixels of such a line, places of
   rows are lines. scratch has room for two of the lines that are written. */
void resize_linear(const uint8_t *image, int64_t stride, int64_t channels,
                   const resize_taps *columns, const resize_taps *rows, int16_t *scratch,
                   uint8_t *result);

#endif
