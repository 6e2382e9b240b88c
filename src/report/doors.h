/* Allocation functions by their symbols: reports name them in words ("operator new(unsigned long)"), suppressions as
 * the linker does ("_Znwm"). */
#ifndef LC_REPORT_DOORS_H
#define LC_REPORT_DOORS_H

/* The symbol of the public name `function`; itself where it is no other. */
const char *lc_door_symbol(const char *function);

#endif
