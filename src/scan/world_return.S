/* What a signal handler returns to: rt_sigreturn(2). The kernel wants one on this machine, and libc keeps its
 * own to itself. The unwind information is what makes the frame below known as the interrupted one. */
    .text
    .globl lc_world_return
    .hidden lc_world_return
    .type lc_world_return, @function
lc_world_return:
    movq $15, %rax
    syscall
    .size lc_world_return, . - lc_world_return
    .section .note.GNU-stack, "", @progbits
