/* void *lc_cxx_call(function, first, second, third): calls it with the three words. The only frame of ours
 * that an exception passes: its personality routine (cxx.c) closes the door on the way. */
    .text
    .globl lc_cxx_call
    .hidden lc_cxx_call
    .type lc_cxx_call, @function
lc_cxx_call:
    .cfi_startproc
    .cfi_personality 0x1b, lc_cxx_personality
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    callq *%rax
    popq %rbp
    .cfi_def_cfa %rsp, 8
    ret
    .cfi_endproc
    .size lc_cxx_call, . - lc_cxx_call
    .section .note.GNU-stack, "", @progbits
