/* Lines of CNTK's text format into arrays: the regular ones; others are marked for Python. */
#ifndef CTF_H
#define CTF_H

#include <stdint.h>

typedef struct {
    const uint8_t *alias;
    int32_t alias_size;
    int32_t is_sparse;
    int64_t dim;
    /* what is read: samples of lines, values with the places of sparse ones */
    float *values;
    int64_t *places, *lines, *counts;
    int64_t value_capacity, sample_capacity;
    int64_t num_values, num_samples;
    int64_t seen; /* the line that had the input last */
} ctf_input;

/* Write the start of each line of text[begin:end], at most capacity; return their number.
   text[end - 1] is a newline, or it returns -1. */
int64_t ctf_find_lines(const uint8_t *text, int64_t begin, int64_t end, int64_t *starts,
                       int64_t capacity);

/* Write the number that each line begins with, and the byte after it: the line's start where there
   is none. Return -1, or the first line whose number does not fit in 64 bits.
   Digits end before text[size]. */
int64_t ctf_read_ids(const uint8_t *text, int64_t size, const int64_t *starts, int64_t count,
                     uint64_t *ids, int64_t *ends);

/* Append the samples of lines first to last - 1 to the inputs; set irregular[line] for those that
   are not plainly written, which add nothing. Line i is text[starts[i]:starts[i + 1]] and ends with
   a newline; its id ends at ends[i]. */
void ctf_read_lines(const uint8_t *text, const int64_t *starts, const int64_t *ends, int64_t first,
                    int64_t last, ctf_input *inputs, int32_t num_inputs, uint8_t *irregular);

#endif
