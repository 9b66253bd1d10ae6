/* Copies with the channels last, and back: each row is a matrix that is turned.

   at:   x, result
   ints: lines of a row of x, elements of a line */
#include "launch.h"

enum { TILE = 16 };

/* Lines `from` to `to` of one row of x, [lines, width], become columns of y. */
#define TURN(name, type)                                                                           \
    EVERY_MACHINE                                                                                  \
    static void turn_##name(const type *restrict x, type *restrict y, int64_t lines, int64_t width, \
                            int64_t from, int64_t to) {                                            \
        for (int64_t i = from; i < to; i += TILE) {                                                \
            int64_t tall = to - i < TILE ? to - i : TILE;                                          \
            for (int64_t j = 0; j < width; j += TILE) {                                            \
                int64_t wide = width - j < TILE ? width - j : TILE;                                \
                if (tall == TILE)                                                                  \
                    for (int64_t b = 0; b < wide; b++)                                             \
                        for (int64_t a = 0; a < TILE; a++)                                         \
                            y[(j + b) * lines + i + a] = x[(i + a) * width + j + b];               \
                else                                                                               \
                    for (int64_t b = 0; b < wide; b++)                                             \
                        for (int64_t a = 0; a < tall; a++)                                         \
                            y[(j + b) * lines + i + a] = x[(i + a) * width + j + b];               \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    void reorder_##name(const launch *self, char *const *table, const int64_t *rows) {             \
        int64_t count = rows_of(self, rows), lines = self->ints[0], width = self->ints[1];         \
        const type *x = (const type *)table[self->at[0]];                                          \
        type *y = (type *)table[self->at[1]];                                                      \
        _Pragma("omp parallel for schedule(static) num_threads(num_threads) if (count * lines * width > 16384)") \
        for (int64_t row = 0; row < count; row++)                                                  \
            turn_##name(x + row * lines * width, y + row * lines * width, lines, width, 0, lines); \
    }

TURN(8, uint8_t)
TURN(16, uint16_t)
TURN(32, uint32_t)
TURN(64, uint64_t)
