/* Every loop over characters ends at the newline that each line was seen to end with. */
#include "ctf.h"

#include <string.h>

#if defined(__GNUC__)
#define PREFETCH(place) __builtin_prefetch(place)
#else
#define PREFETCH(place) ((void)0)
#endif

enum { MOST_DIGITS = 19, MOST_POWER = 22, AHEAD = 16 };

/* 10 to these powers is exact in double: one multiplication or division rounds once */
static const double POWER[MOST_POWER + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* from here on float rounds to infinity */
static const double OVERFLOWS = 340282356779733661637539395458142568448.0;

static int is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }
static int is_blank(uint8_t c) { return c == ' ' || c == '\t'; }
static int ends_word(uint8_t c) { return is_blank(c) || c == '|' || c == '\n' || c == '\r'; }

int64_t ctf_find_lines(const uint8_t *text, int64_t begin, int64_t end, int64_t *starts,
                       int64_t capacity) {
    int64_t count = 0;
    if (end <= begin || text[end - 1] != '\n') return -1;
    while (begin < end) {
        const uint8_t *newline = memchr(text + begin, '\n', (size_t)(end - begin));
        if (count < capacity) starts[count] = begin;
        count++;
        begin = newline - text + 1;
    }
    return count;
}

int64_t ctf_read_ids(const uint8_t *text, int64_t size, const int64_t *starts, int64_t count,
                     uint64_t *ids, int64_t *ends) {
    for (int64_t i = 0; i < count; i++) {
        int64_t at = starts[i];
        uint64_t id = 0;
        /* lines lie far apart: ask for one of the next while this one is read */
        if (i + AHEAD < count) PREFETCH(text + starts[i + AHEAD]);
        for (; at < size && is_digit(text[at]); at++) {
            uint64_t digit = text[at] - '0';
            if (id > (UINT64_MAX - digit) / 10) return i;
            id = 10 * id + digit;
        }
        ids[i] = id;
        ends[i] = at;
    }
    return -1;
}

/* Read a number, return the character after it; NULL where Python has to look at it. */
static const uint8_t *read_number(const uint8_t *at, float *number) {
    uint64_t mantissa = 0;
    int digits = 0, power = 0;
    int negative = *at == '-';
    at += negative || *at == '+';
    const uint8_t *begin = at;
    for (; is_digit(*at); at++) mantissa = 10 * mantissa + (uint64_t)(*at - '0');
    digits = (int)(at - begin > MOST_DIGITS ? MOST_DIGITS + 1 : at - begin);
    if (!digits) return NULL;
    if (*at == '.') {
        const uint8_t *point = ++at;
        for (; is_digit(*at); at++) mantissa = 10 * mantissa + (uint64_t)(*at - '0');
        if (at - point > MOST_DIGITS) return NULL;
        power = -(int)(at - point);
        digits -= power;
    }
    if (digits > MOST_DIGITS) return NULL;
    if ((*at | 0x20) == 'e') {
        if (at[-1] == '.') return NULL;
        int below = *++at == '-', exponent = 0;
        at += below || *at == '+';
        if (!is_digit(*at)) return NULL;
        for (; is_digit(*at); at++) {
            exponent = 10 * exponent + (*at - '0');
            if (exponent > 1000) return NULL;
        }
        power += below ? -exponent : exponent;
    }
    if (power > MOST_POWER || power < -MOST_POWER) return NULL;
    double value = (double)mantissa;
    value = power < 0 ? value / POWER[-power] : value * POWER[power];
    if (value >= OVERFLOWS) return NULL;
    *number = (float)(negative ? -value : value);
    return ends_word(*at) ? at : NULL;
}

/* Go past blanks; a carriage return is one before a pipe or the line's end only. */
static const uint8_t *past_blanks(const uint8_t *at) {
    while (is_blank(*at)) at++;
    if (*at == '\r') {
        while (is_blank(*at) || *at == '\r') at++;
        if (*at != '|' && *at != '\n') return NULL;
    }
    return at;
}

static const uint8_t *read_dense(const uint8_t *at, ctf_input *input) {
    float *values = input->values + input->num_values;
    if (input->dim > input->value_capacity - input->num_values) return NULL;
    for (int64_t i = 0; i < input->dim; i++) {
        at = past_blanks(at);
        if (!at) return NULL;
        at = read_number(at, values + i);
        if (!at) return NULL;
    }
    input->num_values += input->dim;
    return at;
}

static const uint8_t *read_sparse(const uint8_t *at, ctf_input *input) {
    while ((at = past_blanks(at)) != NULL && *at != '|' && *at != '\n') {
        int64_t place = 0, used = input->num_values;
        const uint8_t *begin = at;
        for (; is_digit(*at); at++) {
            place = 10 * place + (*at - '0');
            if (place >= input->dim) return NULL;
        }
        if (at == begin || *at != ':' || used >= input->value_capacity) return NULL;
        at = read_number(at + 1, input->values + used);
        if (!at) return NULL;
        input->places[used] = place;
        input->num_values++;
    }
    return at;
}

static const uint8_t *read_sample(const uint8_t *at, int64_t line, ctf_input *input) {
    int64_t before = input->num_values, sample = input->num_samples;
    if (input->seen == line || sample >= input->sample_capacity) return NULL;
    input->seen = line;
    at = input->is_sparse ? read_sparse(at, input) : read_dense(at, input);
    if (!at) {
        input->num_values = before;
        return NULL;
    }
    input->lines[sample] = line;
    input->counts[sample] = input->num_values - before;
    input->num_samples++;
    return past_blanks(at);
}

static ctf_input *find_input(const uint8_t *name, int64_t size, ctf_input *inputs, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        if (inputs[i].alias_size == size && !memcmp(inputs[i].alias, name, (size_t)size))
            return inputs + i;
    return NULL;
}

/* Return whether a line was read; its samples are appended even if not. */
static int read_line(const uint8_t *at, const uint8_t *newline, int64_t line, ctf_input *inputs,
                     int32_t num_inputs) {
    int found = 0;
    at = past_blanks(at);
    while (at && *at == '|') {
        const uint8_t *name = ++at;
        while (!ends_word(*at)) at++;
        if (at == name) return 0;
        ctf_input *input = find_input(name, at - name, inputs, num_inputs);
        if (input) {
            found = 1;
            at = read_sample(at, line, input);
        } else {
            at = memchr(at, '|', (size_t)(newline - at));
            if (!at) at = newline;
        }
    }
    return found && at == newline;
}

/* Forget the samples of a line that turned out to be irregular. */
static void drop_line(int64_t line, ctf_input *inputs, int32_t num_inputs) {
    for (int32_t i = 0; i < num_inputs; i++) {
        ctf_input *input = inputs + i;
        int64_t last = input->num_samples - 1;
        if (last >= 0 && input->lines[last] == line) {
            input->num_samples = last;
            input->num_values -= input->counts[last];
        }
    }
}

void ctf_read_lines(const uint8_t *text, const int64_t *starts, const int64_t *ends, int64_t first,
                    int64_t last, ctf_input *inputs, int32_t num_inputs, uint8_t *irregular) {
    for (int64_t line = first; line < last; line++) {
        const uint8_t *newline = text + starts[line + 1] - 1;
        const uint8_t *at = text + ends[line];
        irregular[line] = 0;
        if (at > newline || *newline != '\n' ||
            !read_line(at, newline, line, inputs, num_inputs)) {
            irregular[line] = 1;
            drop_line(line, inputs, num_inputs);
        }
    }
}
