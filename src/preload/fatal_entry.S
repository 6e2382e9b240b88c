/* Where the kernel enters for a signal whose default action ends the process: at one of 32 addresses, whose distance
 * from the first says which flags the program has set (fatal.c). The same handler follows for all. */
    .text
    .globl lc_fatal_entry
    .hidden lc_fatal_entry
    .type lc_fatal_entry, @function
lc_fatal_entry:
    .rept 32
    nop
    .endr
    jmp lc_fatal_on_signal
    .size lc_fatal_entry, . - lc_fatal_entry
    .section .note.GNU-stack, "", @progbits
