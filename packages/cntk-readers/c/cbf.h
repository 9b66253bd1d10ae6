/* Sparse records of CNTK's binary format: sound ones into arrays; others are left to Python. */
#ifndef CBF_H
#define CBF_H

#include <stdint.h>

/* Find count records of sparse samples, one after the other from words[at]: write where each begins,
   its samples and its values. Return the word after the last, or -1 if one leaves words[:size]. */
int64_t cbf_find_sparse(const uint32_t *words, int64_t size, int64_t at, int64_t count,
                        int64_t words_of_value, int64_t *starts, int64_t *samples,
                        int64_t *values);

/* Write values, places and the number of values of each sample of records that were found. Return
   -1, or the first record that is not sound: it has none or more than longest[i] samples, a place
   not below dim, or samples whose values do not add up to those of the record. */
int64_t cbf_read_sparse(const uint32_t *words, int64_t count, int64_t words_of_value, int64_t dim,
                        const int64_t *starts, const int64_t *samples, const int64_t *num_values,
                        const int64_t *longest, uint32_t *values, int64_t *places,
                        int64_t *values_of_sample);

#endif
