/* lc_again_call: makes a system call again, and goes on behind it, with all registers as they were. again.c has put below the
 * red zone (System V ABI, AMD64, 3.2.2) its struct frame, and the stack pointer there. */
#define FRAME 96
#define RED_ZONE 128
    .text
    .globl lc_again_call
    .hidden lc_again_call
    .globl lc_again_called
    .hidden lc_again_called
    .type lc_again_call, @function
    nop /* a caller's address less one is in this function, too */
    .cfi_startproc
    .cfi_def_cfa %rsp, FRAME + RED_ZONE
    .cfi_offset %rip, -(FRAME + RED_ZONE)
lc_again_call:
    syscall
lc_again_called:
    movq 8(%rsp), %rdi
    movq 16(%rsp), %rdx
    movq 24(%rsp), %r10
    movq 32(%rsp), %r8
    movq (%rsp), %rcx
    .cfi_register %rip, %rcx
    leaq FRAME + RED_ZONE(%rsp), %rsp
    .cfi_def_cfa_offset 0
    jmp *%rcx
    .cfi_endproc
    .size lc_again_call, . - lc_again_call
    .section .note.GNU-stack, "", @progbits
