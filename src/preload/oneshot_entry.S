/* 256 handlers, each for one of the program's that is to be called once (oneshot.c): they put the default back in place and go
 * on to it, with registers and stack as the kernel has left them. */
    .text
    .globl lc_oneshot_entry
    .hidden lc_oneshot_entry
    .type lc_oneshot_entry, @function
    .balign 16
lc_oneshot_entry:
    .set index, 0
    .rept 256
    movl $index, %eax
    jmp .Lenter
    .balign 16
    .set index, index + 1
    .endr
.Lenter:
    .cfi_startproc
    pushq %rdi
    .cfi_adjust_cfa_offset 8
    pushq %rsi
    .cfi_adjust_cfa_offset 8
    pushq %rdx
    .cfi_adjust_cfa_offset 8
    movl %eax, %esi
    callq lc_oneshot_enter
    movq %rax, %r11
    xorl %eax, %eax
    popq %rdx
    .cfi_adjust_cfa_offset -8
    popq %rsi
    .cfi_adjust_cfa_offset -8
    popq %rdi
    .cfi_adjust_cfa_offset -8
    jmp *%r11
    .cfi_endproc
    .size lc_oneshot_entry, . - lc_oneshot_entry
    .section .note.GNU-stack, "", @progbits
