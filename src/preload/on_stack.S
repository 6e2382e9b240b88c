/* void lc_on_stack(void (*function)(void *), void *argument, void *top): calls it on the stack that ends at
 * `top` (a multiple of 16): the caller's may be a signal stack of a few KiB.
 * void lc_on_stack_leave(void *top): returns from it instead of the function, wherever that stands. */
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
    pushq %rbx
    .cfi_offset %rbx, -24
    pushq %r12
    .cfi_offset %r12, -32
    pushq %r13
    .cfi_offset %r13, -40
    pushq %r14
    .cfi_offset %r14, -48
    pushq %r15
    .cfi_offset %r15, -56
    leaq -16(%rdx), %rsp
    movq %rbp, (%rsp)
    movq %rdi, %rax
    movq %rsi, %rdi
    callq *%rax
.Lreturn:
    leaq -40(%rbp), %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    .cfi_def_cfa %rsp, 8
    ret
    .cfi_endproc
    .size lc_on_stack, . - lc_on_stack

    .globl lc_on_stack_leave
    .hidden lc_on_stack_leave
    .type lc_on_stack_leave, @function
lc_on_stack_leave:
    movq -16(%rdi), %rbp
    jmp .Lreturn
    .size lc_on_stack_leave, . - lc_on_stack_leave
    .section .note.GNU-stack, "", @progbits
