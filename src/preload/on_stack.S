/* void lc_on_stack(void (*function)(void *), void *argument, void *top): calls it on the stack that ends at
 * `top` (a multiple of 16): the caller's may be a signal stack of a few KiB. */
    .text
    .globl lc_on_stack
    .hidden lc_on_stack
    .type lc_on_stack, @function
lc_on_stack:
    .cfi_startproc
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    movq %rdx, %rsp
    movq %rdi, %rax
    movq %rsi, %rdi
    callq *%rax
    movq %rbp, %rsp
    popq %rbp
    .cfi_def_cfa %rsp, 8
    ret
    .cfi_endproc
    .size lc_on_stack, . - lc_on_stack
    .section .note.GNU-stack, "", @progbits
