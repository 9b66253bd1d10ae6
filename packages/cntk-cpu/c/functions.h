/* Elementary functions that compilers turn into vector code: no branches, no tables, no errno.
   Polynomials after S. Moshier's Cephes library; a few units in the last place. */
#ifndef CNTK_FUNCTIONS_H
#define CNTK_FUNCTIONS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "launch.h"

INLINE float bits_as_float(int32_t i) { float f; memcpy(&f, &i, sizeof f); return f; }
INLINE int32_t float_as_bits(float f) { int32_t i; memcpy(&i, &f, sizeof i); return i; }
INLINE double bits_as_double(int64_t i) { double f; memcpy(&f, &i, sizeof f); return f; }
INLINE int64_t double_as_bits(double f) { int64_t i; memcpy(&i, &f, sizeof i); return i; }

/* Rounding to the nearest whole number by adding and taking away a large one. */
INLINE float nearest_f32(float x) { return (x + 12582912.0f) - 12582912.0f; }
INLINE double nearest_f64(double x) { return (x + 6755399441055744.0) - 6755399441055744.0; }

INLINE float exp_f32(float x) {
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x;
    float n = nearest_f32(x * 1.44269504088896341f);
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t whole = (int32_t)n, half = whole >> 1; /* in two steps: the result may be subnormal */
    float one = bits_as_float((half + 127) << 23), other = bits_as_float((whole - half + 127) << 23);
    return p * one * other;
}

INLINE double exp_f64(double x) {
    x = x > 710.0 ? 710.0 : x;
    x = x < -746.0 ? -746.0 : x;
    double n = nearest_f64(x * 1.4426950408889634073599);
    double r = x - n * 6.93145751953125e-1;
    r = r - n * 1.42860682030941723212e-6;
    double z = r * r;
    double p = ((1.26177193074810590878e-4 * z + 3.02994407707441961300e-2) * z
                + 9.99999999999999999910e-1) * r;
    double q = ((3.00198505138664455042e-6 * z + 2.52448340349684104192e-3) * z
                + 2.27265548208155028766e-1) * z + 2.00000000000000000009e0;
    double y = 1.0 + 2.0 * (p / (q - p));
    int64_t whole = (int64_t)(int32_t)n, half = whole >> 1;
    double one = bits_as_double((half + 1023) << 52);
    double other = bits_as_double((whole - half + 1023) << 52);
    return y * one * other;
}

INLINE float log_f32(float x) {
    int tiny = x < 1.17549435e-38f;
    float scaled = tiny ? x * 8388608.0f : x;
    int32_t bits = float_as_bits(scaled);
    float e = (float)((bits >> 23) - 126) - (tiny ? 23.0f : 0.0f);
    float m = bits_as_float((bits & 0x007fffff) | 0x3f000000); /* [0.5, 1) */
    int below = m < 0.707106781186547524f;
    e = below ? e - 1.0f : e;
    m = below ? m + m - 1.0f : m - 1.0f;
    float z = m * m;
    float y = 7.0376836292e-2f;
    y = y * m - 1.1514610310e-1f;
    y = y * m + 1.1676998740e-1f;
    y = y * m - 1.2420140846e-1f;
    y = y * m + 1.4249322787e-1f;
    y = y * m - 1.6668057665e-1f;
    y = y * m + 2.0000714765e-1f;
    y = y * m - 2.4999993993e-1f;
    y = y * m + 3.3333331174e-1f;
    y = y * m * z;
    y = y + e * -2.12194440e-4f;
    y = y - 0.5f * z;
    y = (m + y) + e * 0.693359375f;
    y = x == 0.0f ? -INFINITY : y;
    y = x < 0.0f ? NAN : y;
    return x < INFINITY ? y : x; /* infinity and nan */
}

INLINE double log_f64(double x) {
    int tiny = x < 2.2250738585072014e-308;
    double scaled = tiny ? x * 4503599627370496.0 : x;
    int64_t bits = double_as_bits(scaled);
    double e = (double)(int32_t)((bits >> 52) - 1022) - (tiny ? 52.0 : 0.0);
    double m = bits_as_double((bits & 0x000fffffffffffffLL) | 0x3fe0000000000000LL);
    int below = m < 0.70710678118654752440;
    e = below ? e - 1.0 : e;
    m = below ? m + m - 1.0 : m - 1.0;
    double z = m * m;
    double p = 1.01875663804580931796e-4;
    p = p * m + 4.97494994976747001425e-1;
    p = p * m + 4.70579119878881725854e0;
    p = p * m + 1.44989225341610930846e1;
    p = p * m + 1.79368678507819816313e1;
    p = p * m + 7.70838733755885391666e0;
    double q = m + 1.12873587189167450590e1;
    q = q * m + 4.52279145837532221105e1;
    q = q * m + 8.29875266912776603211e1;
    q = q * m + 7.11544750618563894466e1;
    q = q * m + 2.31251620126765340583e1;
    double y = m * (z * p / q);
    y = y - e * 2.121944400546905827679e-4;
    y = y - 0.5 * z;
    y = (m + y) + e * 0.693359375;
    y = x == 0.0 ? -INFINITY : y;
    y = x < 0.0 ? NAN : y;
    return x < INFINITY ? y : x;
}

INLINE float tanh_f32(float x) {
    float a = fabsf(x), z = x * x;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    p = p * z * x + x;
    float q = copysignf(1.0f - 2.0f / (exp_f32(a + a) + 1.0f), x);
    return a < 0.625f ? p : q;
}

INLINE double tanh_f64(double x) {
    double a = fabs(x), z = x * x;
    double p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z
               - 1.61468768441708447952e3;
    double q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z
               + 4.84406305325125486048e3;
    double small = x + x * z * (p / q);
    double large = copysign(1.0 - 2.0 / (exp_f64(a + a) + 1.0), x);
    return a < 0.625 ? small : large;
}

#endif
