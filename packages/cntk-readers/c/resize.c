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

#if defined(__SSE2__)
#include <emmintrin.h>
#include <string.h>

static inline __m128i four_bytes(const uint8_t *place) {
    int32_t word;
    memcpy(&word, place, sizeof word);
    return _mm_cvtsi32_si128(word);
}

/* The same for three channels, all of a pixel at once: with a fourth byte that belongs to the next
   pixel, whose result the next one overwrites. So the places end before the last pixel of a line. */
static int64_t resample_colours(const uint8_t *line, const resize_taps *taps, int64_t count,
                                int16_t *result) {
    const __m128i zero = _mm_setzero_si128();
    for (int64_t i = 0; i < count; i++) {
        __m128i pair = _mm_unpacklo_epi8(four_bytes(line + taps->first[i] * 3),
                                         four_bytes(line + taps->second[i] * 3));
        __m128i weights = _mm_set1_epi32(taps->first_weight[i] | taps->second_weight[i] << 16);
        __m128i sum = _mm_madd_epi16(_mm_unpacklo_epi8(pair, zero), weights);
        sum = _mm_srai_epi32(sum, 4);
        _mm_storel_epi64((__m128i *)(result + 3 * i), _mm_packs_epi32(sum, sum));
    }
    return count;
}
#else
static int64_t resample_colours(const uint8_t *line, const resize_taps *taps, int64_t count,
                                int16_t *result) {
    (void)line, (void)taps, (void)count, (void)result;
    return 0;
}
#endif

/* Return how many of the first pixels are made of others than the last one of the line. */
static int64_t before_last(const resize_taps *taps) {
    int64_t count = taps->count, last = 0;
    for (int64_t i = 0; i < taps->count; i++) {
        last = taps->first[i] > last ? taps->first[i] : last;
        last = taps->second[i] > last ? taps->second[i] : last;
    }
    for (int64_t i = taps->count - 1; i >= 0; i--)
        if (taps->first[i] == last || taps->second[i] == last) count = i;
    return count;
}

static void resample_line(const uint8_t *line, int64_t channels, const resize_taps *taps,
                          int64_t colours, int16_t *result) {
    int64_t done = channels == 3 ? resample_colours(line, taps, colours, result) : 0;
    const resize_taps rest = {taps->first + done, taps->second + done, taps->first_weight + done,
                              taps->second_weight + done, taps->count - done};
    resample_pixels(line, channels, &rest, result + done * channels);
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
    const int64_t size = columns->count * channels, colours = before_last(columns);
    /* lines that are resampled already: line n lies in half n % 2, two neighbours side by side */
    int64_t held[2] = {-1, -1};
    for (int64_t y = 0; y < rows->count; y++) {
        const int64_t wanted[2] = {rows->first[y], rows->second[y]};
        for (int i = 0; i < 2; i++) {
            int64_t half = wanted[i] % 2;
            if (held[half] == wanted[i]) continue;
            resample_line(image + wanted[i] * stride, channels, columns, colours,
                          scratch + half * size);
            held[half] = wanted[i];
        }
        mix_lines(scratch + wanted[0] % 2 * size, scratch + wanted[1] % 2 * size,
                  (int16_t)rows->first_weight[y], (int16_t)rows->second_weight[y], size,
                  result + y * size);
    }
}
