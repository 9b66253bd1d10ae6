/* Chains: elementwise formulas of any length in one pass over memory.

   A formula runs tile by tile; a tile is small enough that all values in between stay in the
   first-level cache, so memory is read once for each operand and written once for each result.

   at:   operands, then results
   ints: width, loads, steps, stores, registers, then
         for each load  (form, a, b, c)                        see `load`
         for each step  (operation, to, from, from, from)      see operations.list
         for each store (register, row width, stride, begin)   stride 0: dense
   floats: numbers that loads of form NUMBER name

   Elements count through rows * width; registers 0 to loads - 1 hold what was loaded. */
#include "chain.h"
#include "functions.h"
#include "launch.h"

/* cntk.log ends here: what is smaller has one logarithm, and one slope (e to its power). */
#define LOWEST_ARGUMENT 1e-37
#define LOWEST_LOGARITHM -85.0999984741211
#define LOWEST_POWER 1.1003738290472001e-37

enum { TILE = 512, MOST_REGISTERS = 96 };
enum { DENSE, SCALAR, PERIODIC, STRIDED, NUMBER };
enum {
#define OPERATION(name, formula_f32, formula_f64) OP_##name,
#include "operations.list"
#undef OPERATION
};

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define NAMED(name) PASTE(name, SUFFIX)

#define REAL float
#define SUFFIX _f32
#define FORMULA(f32, f64) f32
#include "chain.inc"
#include "chain_lines.inc"
#undef REAL
#undef SUFFIX
#undef FORMULA

#define REAL double
#define SUFFIX _f64
#define FORMULA(f32, f64) f64
#include "chain.inc"

const char *operation_name(int32_t index) {
    static const char *const names[] = {
#define OPERATION(name, formula_f32, formula_f64) #name,
#include "operations.list"
#undef OPERATION
    };
    return index < (int32_t)(sizeof names / sizeof *names) ? names[index] : 0;
}
