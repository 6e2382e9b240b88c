/* long syscall(long number, ...): as libc's (syscall(2)), but that a process which ends so is reported, and that we know when
 * one puts itself under a filter. It makes the system call itself, with nothing of ours on the stack: a child in the same
 * memory (vfork) may return through here, too. */
#include <sys/syscall.h>

    .text
    .hidden lc_syscall_failed
    .hidden lc_syscall_noted
    .globl syscall
    .type syscall, @function
syscall:
    .cfi_startproc
    cmpq $SYS_exit_group, %rdi
    je lc_syscall_noted
    cmpq $SYS_exit, %rdi
    je lc_syscall_noted
    cmpq $SYS_prctl, %rdi
    je lc_syscall_noted
    cmpq $SYS_seccomp, %rdi
    je lc_syscall_noted
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    syscall
    cmpq $-4095, %rax
    jae .Lfailed
    ret
.Lfailed:
    negl %eax
    movl %eax, %edi
    jmp lc_syscall_failed
    .cfi_endproc
    .size syscall, . - syscall
    .section .note.GNU-stack, "", @progbits
