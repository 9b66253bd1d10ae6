#include "resize.h"

/* the same code for processors with and without wider vectors */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define EVERY_MACHINE __attribute__((target_clones("avx2", "default")))
#else
#define EVERY_MACHINE
#endif

/* Products have 8 + 11 bits, of which 15 are kept. */
static inline void resample_pixels(const uint8_t *line, int64_t channels, const resize_taps *taps,
                                   int16_t *result) {
    for (int64_t i = 0; i < taps->count; i++) {
        const uint8_t *first = line + taps->first[i] * channels;
        const uint8_t *second = line + taps->second[i] * channels;
        for (int64_t c = 0; c < channels; c++)
            *result++ = (int16_t)((first[c] * taps->first_weight[i] +
                                   second[c] * taps->second_weight[i]) >> 4);
    }
}

static void resample_line(const uint8_t *line, int64_t channels, const resize_taps *taps,
                          int16_t *result) {
    if (channels == 3) /* a constant that the compiler unrolls */
        resample_pixels(line, 3, taps, result);
    else
        resample_pixels(line, channels, taps, result);
}

/* Of 15 bits times 11 the upper half of 32 bits goes on: one instruction for 16-bit numbers. */
EVERY_MACHINE
static void mix_lines(const int16_t *restrict first, const int16_t *restrict second,
                      int16_t first_weight, int16_t second_weight, int64_t count,
                      uint8_t *restrict result) {
    for (int64_t i = 0; i < count; i++) {
        int16_t above = (int16_t)((first[i] * first_weight) >> 16);
        int16_t below = (int16_t)((second[i] * second_weight) >> 16);
        result[i] = (uint8_t)((above + below + 2) >> 2);
    }
}

void resize_linear(const uint8_t *image, int64_t stride, int64_t channels,
                   const resize_taps *columns, const resize_taps *rows, int16_t *scratch,
                   uint8_t *result) {
    const int64_t size = columns->count * channels;
    /* lines that are resampled already: line n lies in half n % 2, two neighbours side by side */
    int64_t held[2] = {-1, -1};
    for (int64_t y = 0; y < rows->count; y++) {
        const int64_t wanted[2] = {rows->first[y], rows->second[y]};
        for (int i = 0; i < 2; i++) {
            int64_t half = wanted[i] % 2;
            if (held[half] == wanted[i]) continue;
            resample_line(image + wanted[i] * stride, channels, columns, scratch + half * size);
            held[half] = wanted[i];
        }
        mix_lines(scratch + wanted[0] % 2 * size, scratch + wanted[1] % 2 * size,
                  (int16_t)rows->first_weight[y], (int16_t)rows->second_weight[y], size,
                  result + y * size);
    }
}
