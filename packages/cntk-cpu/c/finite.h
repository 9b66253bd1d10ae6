/* Whether zeros by some numbers are zeros: none of them is infinite or nan. */
#ifndef CNTK_FINITE_H
#define CNTK_FINITE_H

#include <float.h>
#include <math.h>

#include "launch.h"

EVERY_MACHINE
static int all_finite(const float *x, int64_t from, int64_t to) {
    int wrong = 0;
    for (int64_t i = from; i < to; i++)
        wrong |= !(fabsf(x[i]) <= FLT_MAX);
    return !wrong;
}

#endif
