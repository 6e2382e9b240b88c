/* What a signal handler returns to: rt_sigreturn(2). The kernel wants one on this machine, and libc keeps its own to itself. The
 * unwind information is what makes the frame below known as the interrupted one: each register is where the kernel has saved it
 * (sys/ucontext.h), above the stack pointer. It is looked up by the byte before. */
    .macro saved register, length, offset:vararg
    .cfi_escape 0x10, \register, \length, 0x77, \offset /* DW_CFA_expression: DW_OP_breg7 */
    .endm
    .text
    .globl lc_action_return
    .hidden lc_action_return
    .type lc_action_return, @function
    .cfi_startproc
    .cfi_signal_frame
    .cfi_escape 0x0f, 4, 0x77, 0xa0, 0x01, 0x06 /* DW_CFA_def_cfa_expression: DW_OP_breg7 160, DW_OP_deref */
    saved 0, 3, 0x90, 0x01
    saved 1, 3, 0x88, 0x01
    saved 2, 3, 0x98, 0x01
    saved 3, 3, 0x80, 0x01
    saved 4, 3, 0xf0, 0x00
    saved 5, 3, 0xe8, 0x00
    saved 6, 3, 0xf8, 0x00
    saved 7, 3, 0xa0, 0x01
    saved 8, 2, 0x28
    saved 9, 2, 0x30
    saved 10, 2, 0x38
    saved 11, 3, 0xc0, 0x00
    saved 12, 3, 0xc8, 0x00
    saved 13, 3, 0xd0, 0x00
    saved 14, 3, 0xd8, 0x00
    saved 15, 3, 0xe0, 0x00
    saved 16, 3, 0xa8, 0x01
    nop
lc_action_return:
    movq $15, %rax
    syscall
    .cfi_endproc
    .size lc_action_return, . - lc_action_return
    .section .note.GNU-stack, "", @progbits
