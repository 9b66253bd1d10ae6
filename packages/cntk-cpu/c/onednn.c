/* Primitives of oneDNN, one after the other, for one count of rows.

   at:      the places that the arguments name
   ints:    position in `at` of the result, bytes of it that are zero where there are no rows
   library: an onednn_sequence; NULL without rows

   oneDNN keeps the memory of an argument in an object of its own; a sequence and its objects belong
   to one table, so that two tables may run at once. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "api.h"

typedef int (*execute_function)(const void *primitive, void *stream, int count, const void *arguments);
typedef int (*set_handle_function)(void *memory, void *handle);

static execute_function execute;
static set_handle_function set_handle;
static _Thread_local int32_t failure;

void set_onednn(void *execute_primitive, void *set_data_handle) {
    execute = (execute_function)execute_primitive;
    set_handle = (set_handle_function)set_data_handle;
}

int32_t onednn_failure(void) {
    int32_t found = failure;
    failure = 0;
    return found;
}

void give_memory_back(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static void *where(const onednn_sequence *sequence, const launch *self, char *const *table,
                   const onednn_place *place) {
    if (place->at == -2)
        return (void *)(intptr_t)place->offset;
    return (place->at < 0 ? sequence->scratch : table[self->at[place->at]]) + place->offset;
}

void onednn_execute(const launch *self, char *const *table, const int64_t *rows) {
    const onednn_sequence *sequence = (const onednn_sequence *)self->library;
    (void)rows;
    if (sequence == NULL) {
        memset(table[self->at[self->ints[0]]], 0, (size_t)self->ints[1]);
        return;
    }
    int32_t before = lend_threads();
    for (int32_t i = 0; i < sequence->count && failure == 0; i++) {
        const onednn_call *call = sequence->calls + i;
        for (int32_t j = 0; j < call->count && failure == 0; j++) {
            const onednn_place *place = call->places + j;
            failure = set_handle(call->arguments[j].memory, where(sequence, self, table, place));
        }
        if (failure == 0)
            failure = execute(call->primitive, sequence->stream, call->count, call->arguments);
    }
    take_threads(before);
}
