/* What a signal handler returns to: rt_sigreturn(2). The kernel wants one on this machine, and libc keeps its
 * own to itself. The unwind information is what makes the frame below known as the interrupted one. */
    .text
    .globl lc_action_return
    .hidden lc_action_return
    .type lc_action_return, @function
lc_action_return:
    movq $15, %rax
    syscall
    .size lc_action_return, . - lc_action_return
    .section .note.GNU-stack, "", @progbits
